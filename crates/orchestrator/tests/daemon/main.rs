//! The daemon from outside: the real binary, over real sockets.

#[path = "../authority/mod.rs"]
mod authority;
mod catalog;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod ceiling;
mod checks;
mod declared;
mod described;
#[cfg(target_os = "linux")]
mod doctor;
mod documented;
mod drift;
mod durability;
mod events;
mod faults;
mod guard;
mod lifecycle;
mod metrics;
mod outcomes;
mod probe;
mod reasons;
mod register;
mod registration;
#[cfg(target_os = "linux")]
mod reload;
#[cfg(target_os = "linux")]
mod relocation;
mod security;
mod services;
mod settings;
mod slow;
mod streams;
mod support;
#[cfg(target_os = "linux")]
mod systemd;
mod tls;
