//! The read model: what a page reads, what a cache keeps, what one tab tells another.
//!
//! A view shares what it shows with the catalog that it shows. Everything else follows from that and from the page's
//! options, and is worked out when somebody wants to see it: `shown` has the endpoints, `names` what each name means, `write` the
//! whole as JSON, `read` the way back from there, `record` what is kept of it in a browser.

mod names;
mod read;
pub mod record;
mod shown;
mod write;

pub use read::{Restored, restore, stamp};
pub use shown::Shown;
pub use write::write_stamp;

use crate::catalog::Service;
use crate::endpoint::Wanted;
use crate::id::Epoch;
use std::rc::Rc;

/// What holds now.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot<J> {
    /// Everything but the config values.
    pub view: View,
    /// The config values: an object, untouched.
    pub config: Option<J>,
}

/// A snapshot without its config values.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// `pending`, `provided`, `cached`, `fallback`, `live` or `stale`.
    pub status: &'static str,
    /// `live`, `provided`, `cache` or `fallback`; `None` while pending.
    pub source: Option<&'static str>,
    /// The code of the reason, see [`crate::reason::Reason`].
    pub code: &'static str,
    /// What the reason is about: an origin.
    pub subject: Option<String>,
    /// The origin that the value was read from.
    pub origin: Option<String>,
    /// How it was found there, see [`crate::probe::Rung`].
    pub rung: Option<&'static str>,
    /// Which run of which registry.
    pub epoch: Option<Epoch>,
    /// Its revision in that run.
    pub revision: Option<u64>,
    /// Where requests go.
    pub base_url: String,
    /// Where WebSockets go.
    pub ws_base_url: String,
    /// The services, in the order of their document.
    pub services: Rc<Vec<Service>>,
    /// What the page says it wants.
    pub wanted: Rc<Vec<Wanted>>,
}
