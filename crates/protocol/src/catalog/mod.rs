//! The catalog document, version 1: `GET /.well-known/landfall`.
//!
//! [`document`] is what it means, `read` the way to there from JSON, [`Change`] the step between two of them, [`wire`] the shape in which a registry writes it.

mod change;
pub mod document;
pub(crate) mod read;
pub mod wire;

pub use change::Change;
pub(crate) use document::find;
pub use document::{Document, HealthClass, Instance, Service};

/// Where an origin serves its catalog (RFC 8615).
pub const WELL_KNOWN: &str = "/.well-known/landfall";

/// The largest catalog, in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// The most services of one catalog.
pub const MAX_SERVICES: usize = 16_384;
/// The most instances of one service.
pub const MAX_INSTANCES: usize = 64;
/// The most endpoints of one service.
pub const MAX_ENDPOINTS: usize = 4_096;
/// The most endpoints of one catalog.
pub const MAX_ALL_ENDPOINTS: usize = 65_536;
/// The most contradictions of one endpoint.
pub const MAX_CONTRADICTIONS: usize = 64;
/// How long a catalog is current when it does not say, in seconds.
pub const DEFAULT_TTL: u32 = 30;
/// The longest time to live, in seconds.
pub const MAX_TTL: u32 = 86_400;
