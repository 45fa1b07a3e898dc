//! The daemon's client against servers that behave in every way that servers do.

mod answers;
mod connections;
mod limits;
mod support;
