//! What the daemon serves.

mod body;
mod catalog;
mod content;
mod dashboard;
mod encoding;
mod events;
mod guard;
mod outcomes;
mod reply;
mod routes;
mod server;
mod services;
mod stall;
mod status;

pub(crate) use catalog::{Catalog, Frame};
pub(crate) use events::{Hub, Topic, catalog_event};
pub(crate) use guard::Guard;
pub(crate) use outcomes::Outcomes;
pub(crate) use routes::{EVENTS, own_service};
pub(crate) use server::{Server, serve};
pub(crate) use services::Registering;
