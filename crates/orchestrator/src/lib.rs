//! The daemon of Landfall.
