//! What the daemon serves.

mod answering;
mod api_catalog;
mod body;
mod catalog;
mod connections;
mod content;
mod dashboard;
mod drift;
mod encoding;
mod events;
mod exposition;
mod guard;
mod last;
mod memory;
mod metrics;
mod openapi;
mod outcomes;
mod progress;
mod query;
mod reply;
mod routes;
mod seldom;
mod sending;
mod server;
mod services;
mod shelf;
mod stall;
mod status;
mod traffic;
mod variant;

pub(crate) use catalog::{Catalog, Frame};
pub(crate) use connections::serve;
pub(crate) use events::{Hub, Topic};
pub(crate) use guard::Guard;
pub(crate) use outcomes::Outcomes;
#[cfg(feature = "fuzzing")]
pub(crate) use outcomes::parse as read_outcomes;
pub(crate) use routes::{EVENTS, own_service};
pub(crate) use server::Server;
pub(crate) use services::Registering;
pub(crate) use shelf::Shelf;
pub(crate) use traffic::Traffic;
