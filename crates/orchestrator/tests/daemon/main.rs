//! The daemon from outside: the real binary, over real sockets.

mod catalog;
mod events;
mod guard;
mod lifecycle;
mod outcomes;
mod registration;
#[cfg(target_os = "linux")]
mod relocation;
mod settings;
mod support;
