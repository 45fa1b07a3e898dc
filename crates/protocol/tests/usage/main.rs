//! How a page uses what was found: where requests go, when they are tried again, and what the registry hears.

mod circuits;
mod connections;
mod reports;
mod retries;
mod routing;
mod support;
