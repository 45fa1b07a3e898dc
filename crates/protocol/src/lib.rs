//! The decisions of Landfall: what to ask, what to believe, what to publish, when to wake.
#![forbid(unsafe_code)]
