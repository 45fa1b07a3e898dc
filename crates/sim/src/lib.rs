//! Virtual time for Landfall.
