//! Readers of what other people's servers say of their endpoints.

pub mod allow;
pub mod api_catalog;
pub mod openapi;
