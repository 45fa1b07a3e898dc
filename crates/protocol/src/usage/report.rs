//! What pages tell the registry of the instances that they use: `POST /v1/outcomes`.
//!
//! A report is a doubt, never a verdict: it can bring a check forward and nothing else.

use crate::catalog::Service;
use crate::endpoint::Endpoint;
use crate::json::{Json, Members, Node, malformed};
use crate::method::Method;
use crate::probe::Rung;
use crate::refused::{Code, Refused, Within};
use crate::snapshot::View;
use crate::url::BaseUrl;

/// Where a registry takes reports, on its own origin.
pub const OUTCOMES: &str = "/v1/outcomes";
/// The most instances in one report.
pub const MAX_TALLIES: usize = 32;
/// The largest report, in bytes of JSON.
pub const MAX_BYTES: usize = 16 * 1_024;

/// How the requests to one instance ended, since the last report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The instance, as the catalog has it.
    pub url: BaseUrl,
    /// How many were answered.
    pub answered: u32,
    /// How many were not, or with a 5xx.
    pub failed: u32,
}

/// Where the registry of `view` takes reports; `None` where the value is not live from a catalog, or where the origin that
/// the catalog came from does not list the endpoint among its own.
#[must_use]
pub fn report_to(view: &View) -> Option<String> {
    if view.source != Some("live") || view.rung != Some(Rung::Catalog.as_str()) {
        return None;
    }
    let origin = BaseUrl::parse(view.origin.as_deref()?).ok()?;
    let takes = |it: &Endpoint| it.path.as_str() == OUTCOMES && it.evidence(Method::Post).is_some();
    let is_own = |it: &Service| {
        it.instances.iter().any(|it| is_same(&it.url, &origin)) && it.endpoints.iter().any(takes)
    };
    view.services.iter().any(is_own).then(|| {
        let mut url = String::from(origin.origin());
        url.push_str(OUTCOMES);
        url
    })
}

/// Whether both are one origin; on this machine by whichever name.
fn is_same(one: &BaseUrl, other: &BaseUrl) -> bool {
    one.origin() == other.origin()
        || one.is_loopback()
            && other.is_loopback()
            && one.port() == other.port()
            && one.is_https() == other.is_https()
}

/// A report as JSON: `{"outcomes": [{"url", "answered", "failed"}]}`.
#[must_use]
pub fn write<J: Json>(tallies: &[Tally]) -> J {
    let mut list = J::array();
    for tally in tallies {
        let mut json = J::object();
        json.set("url", J::of_text(tally.url.as_str()));
        json.set("answered", J::of_count(tally.answered.into()));
        json.set("failed", J::of_count(tally.failed.into()));
        list.push(json);
    }
    let mut report = J::object();
    report.set("outcomes", list);
    report
}

/// Reads a report.
///
/// # Errors
/// [`Code::Malformed`], [`Code::TooMany`] for more than [`MAX_TALLIES`], [`Code::BadUrl`], [`Code::BadNumber`].
pub fn read<J: Json>(json: &J) -> Result<Vec<Tally>, Refused> {
    let mut tallies = Vec::new();
    let list = json.node().get("outcomes").and_then(|it| it.elements());
    for json in list.ok_or_else(|| malformed("outcomes"))? {
        if tallies.len() >= MAX_TALLIES {
            return Err(Refused::new(Code::TooMany, "").within("outcomes"));
        }
        tallies.push(tally(json).within("outcomes")?);
    }
    Ok(tallies)
}

fn tally<N: Node>(json: N) -> Result<Tally, Refused> {
    let count = |key| {
        let count = json.optional_count(key)?.unwrap_or_default();
        u32::try_from(count).map_err(|_| Refused::new(Code::BadNumber, "").within(key))
    };
    Ok(Tally {
        url: BaseUrl::parse(&json.required_text("url")?).within("url")?,
        answered: count("answered")?,
        failed: count("failed")?,
    })
}
