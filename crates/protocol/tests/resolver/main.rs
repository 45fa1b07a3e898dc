//! The resolver in scenes: a page, a few origins, and what the page sees.
//!
//! The simulator goes through a hundred thousand random schedules; these are the ones a person would tell.

mod browser;
mod discovery;
mod health;
mod host;
mod kept;
mod links;
mod names;
mod pace;
mod permission;
mod settlement;
mod simulated;
mod tabs;
mod tabs_simulated;
