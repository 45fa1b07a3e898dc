//! One place where a service runs, with all that is kept of it.

use crate::health::{HealthState, Thresholds, Verdict};
use crate::pool::Target;
use crate::registration::RegistrationId;
use crate::settings::{CheckKind, CheckTerms, Span};
use crate::sockets::Place;
use landfall_protocol::catalog::{HealthClass, WELL_KNOWN};
use landfall_protocol::endpoint::{Endpoint, Protocol};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::probe::Rung;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use std::rc::Rc;
use std::time::Duration;

/// A service is checked more often until it has answered this often.
const CHECKS_UNTIL_STEADY: usize = 3;

/// The handle of an instance. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct InstanceId(pub(super) u32);

/// One instance.
#[derive(Debug)]
pub(crate) struct Instance {
    /// The service that it belongs to.
    pub(super) service: Name,
    /// Where pages reach it.
    pub(super) url: BaseUrl,
    /// Where the daemon reaches it.
    pub(super) target: Rc<Target>,
    /// Its share of the requests.
    pub(super) weight: u16,
    /// The socket that it was found by; `None` for one from the settings, or that was registered.
    pub(super) place: Option<Place>,
    /// The registration that it is from.
    pub(super) registration: Option<RegistrationId>,
    /// Since when nobody listens there.
    pub(super) gone_since: Option<Millis>,
    pub(super) health: HealthState,
    /// When it was last checked: on the daemon's clock, and in milliseconds since 1970.
    pub(super) checked: Option<(Millis, u64)>,
    pub(super) check: Check,
    /// When the next check is due; while one is queued, when that was due.
    pub(super) due: Millis,
    /// Whether a check is queued or on its way.
    pub(super) checking: bool,
    /// Whether the last check timed out.
    pub(super) suspect: bool,
    pub(super) description: Description,
}

/// What is asked in a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// The request target.
    pub(crate) path: Rc<str>,
    /// Whether it is a path for health checks. Else any answer below 500 means that the server lives.
    pub(crate) is_health_path: bool,
    /// Whether the settings name the path, so that what the service says of itself does not change it.
    pub(crate) is_fixed: bool,
    /// What somebody said of how it is checked; `None` where that is as usual.
    pub(crate) terms: Option<Rc<CheckTerms>>,
}

/// How the instance describes its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    /// Whether it is asked at all: endpoints from the settings are not overwritten.
    pub(crate) wanted: bool,
    /// Whether it is asked only for what its declared endpoints leave open.
    pub(crate) is_declared: bool,
    /// The question that was answered before, and the digest of the answer.
    pub(crate) before: Option<(Rung, u64)>,
    /// When to ask again.
    pub(crate) due: Millis,
    /// Whether it is being asked.
    pub(crate) reading: bool,
}

impl Description {
    /// Waits for `period`, or ten times as long where there is nothing to read so far.
    pub(super) fn ask_again_after(&mut self, now: Millis, period: Millis) {
        let times = if self.before.is_some() { 1 } else { 10 };
        self.due = now + Millis(period.0.saturating_mul(times));
    }

    /// Takes the next answer for news, whatever it says.
    pub(super) fn read_anew(&mut self) {
        if let Some((_, digest)) = &mut self.before {
            *digest = 0;
        }
        self.due = Millis::ZERO;
    }
}

impl Check {
    /// What is asked of a service that names no path for it: GET `/health` or `/healthz` below its base, if it has one
    /// that needs no parameters. Else the first question of discovery, which every HTTP server answers somehow, and
    /// hardly any does work for.
    pub(crate) fn of(target: &Target, endpoints: &[Endpoint]) -> Self {
        let has = |path: &&str| {
            endpoints.iter().any(|endpoint| {
                endpoint.protocol == Protocol::Http
                    && endpoint.path.as_str() == *path
                    && endpoint.evidence(Method::Get).is_some()
            })
        };
        match ["/health", "/healthz"].iter().find(|path| has(path)) {
            Some(path) => Self::new(&format!("{}{path}", target.base()), true),
            None => Self::new(WELL_KNOWN, false),
        }
    }

    /// The check that somebody asked for.
    pub(crate) fn on(terms: CheckTerms, target: &Target, endpoints: &[Endpoint]) -> Self {
        let check = match &terms.path {
            Some(path) => Self {
                is_fixed: true,
                ..Self::new(path.as_str(), true)
            },
            None => Self::of(target, endpoints),
        };
        let terms = (terms != CheckTerms::default()).then(|| Rc::new(terms));
        Self { terms, ..check }
    }

    /// The check after the service said what it has.
    pub(super) fn described(&self, target: &Target, endpoints: &[Endpoint]) -> Self {
        if self.is_fixed {
            return self.clone();
        }
        Self {
            terms: self.terms.clone(),
            ..Self::of(target, endpoints)
        }
    }

    /// Whether the service may be asked over HTTP what it has: not one of which only a connection is wanted, and not one
    /// that nobody vouches for.
    pub(super) fn allows_questions(&self) -> bool {
        let terms = self.terms.as_ref();
        terms.is_none_or(|it| it.kind == CheckKind::Http && it.verify)
    }

    /// What counts as life.
    pub(crate) fn kind(&self) -> CheckKind {
        self.terms.as_ref().map_or(CheckKind::Http, |it| it.kind)
    }

    /// Between two checks, if it is not the usual interval.
    pub(super) fn interval(&self) -> Option<Millis> {
        self.terms.as_ref()?.interval.map(Span::millis)
    }

    /// For a whole answer, if it is not the usual time.
    pub(super) fn timeout(&self) -> Option<Duration> {
        Some(self.terms.as_ref()?.timeout?.0)
    }

    fn thresholds(&self) -> Option<Thresholds> {
        self.terms.as_ref()?.thresholds()
    }

    fn new(path: &str, is_health_path: bool) -> Self {
        Self {
            path: shared(path),
            is_health_path,
            is_fixed: false,
            terms: None,
        }
    }

    /// What a status says.
    pub(crate) fn is_alive(&self, status: u16) -> bool {
        if let Some(expected) = self.terms.as_ref().and_then(|it| it.status.as_ref()) {
            return expected.contains(status);
        }
        match status {
            200..=399 | 401 | 403 => true,
            _ => !self.is_health_path && status < 500,
        }
    }
}

impl Instance {
    /// Whether nothing has changed for some time, so that it is checked at the slower pace.
    pub(crate) fn is_steady(&self) -> bool {
        self.health.class() == HealthClass::Healthy
            && self.health.scores().len() >= CHECKS_UNTIL_STEADY
    }

    /// Whether it takes part in checks: not when its socket is gone, for the socket's return is news enough.
    pub(crate) const fn is_checked(&self) -> bool {
        self.gone_since.is_none()
    }

    /// Where it is asked what it has: what was found by its socket at its origin, else below the URL that somebody gave.
    pub(super) fn origin(&self) -> BaseUrl {
        let origin = self.place.as_ref().map(|_| self.url.origin());
        let origin = origin.and_then(|origin| BaseUrl::parse(origin).ok());
        origin.unwrap_or_else(|| self.url.clone())
    }

    /// Whether a person wrote it down.
    pub(super) const fn is_from_settings(&self) -> bool {
        self.place.is_none() && self.registration.is_none()
    }

    /// How the daemon knows of it: a registration says more than a socket.
    pub(super) const fn source(&self) -> &'static str {
        if self.registration.is_some() {
            "registration"
        } else if self.place.is_some() {
            "socket"
        } else {
            "settings"
        }
    }

    /// Whether it is known by its address, and that is the one of `place`.
    pub(super) fn is_declared_at(&self, place: &Place) -> bool {
        self.place.is_none() && self.target.is_loopback() && self.target.port() == place.port
    }

    /// Takes a verdict.
    pub(super) fn record(&mut self, verdict: Verdict, now: Millis, unix_ms: u64) -> Transition {
        let (class, answered) = (self.health.class(), self.health.latency_us().is_some());
        self.health.record(verdict, self.check.thresholds());
        self.checked = Some((now, unix_ms));
        let recovered = !answered && matches!(verdict, Verdict::Alive { .. });
        Transition {
            class: class != self.health.class(),
            recovered,
        }
    }
}

/// What a verdict has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transition {
    /// The health class is another one.
    pub(super) class: bool,
    /// It answered, and had not the last time.
    pub(super) recovered: bool,
}

/// The paths that most services are asked for are there once.
fn shared(path: &str) -> Rc<str> {
    thread_local! {
        static COMMON: [Rc<str>; 3] = [WELL_KNOWN, "/health", "/healthz"].map(Rc::from);
    }
    COMMON.with(|common| {
        let known = common.iter().find(|it| ***it == *path);
        known.cloned().unwrap_or_else(|| path.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_protocol::endpoint::Evidence;
    use landfall_protocol::template::PathTemplate;

    fn check(base: &str, endpoints: &[(&str, Method)]) -> Check {
        let target = Target::new(&BaseUrl::parse(base).unwrap()).unwrap();
        let endpoint = |(path, method): &(&str, Method)| {
            let mut endpoint = Endpoint::unnamed(PathTemplate::parse(path).unwrap()).unwrap();
            endpoint.learn(Evidence::OpenApi, [*method]);
            endpoint
        };
        Check::of(&target, &endpoints.iter().map(endpoint).collect::<Vec<_>>())
    }

    #[test]
    fn a_health_path_is_used_where_the_api_has_one() {
        let found = check(
            "http://localhost/api",
            &[("/items", Method::Get), ("/healthz", Method::Get)],
        );
        assert_eq!((&*found.path, found.is_health_path), ("/api/healthz", true));
        for without in [
            &[][..],
            &[("/health", Method::Post)],
            &[("/health/{part}", Method::Get)],
        ] {
            assert_eq!(
                &*check("http://localhost/api", without).path,
                "/.well-known/landfall"
            );
        }
    }

    #[test]
    fn any_answer_below_500_is_life_but_a_health_path_must_not_deny_it() {
        let (health, any) = (
            check("http://localhost", &[("/health", Method::Get)]),
            check("http://localhost", &[]),
        );
        for (status, by_health, by_any) in [
            (200, true, true),
            (302, true, true),
            (401, true, true),
            (404, false, true),
            (429, false, true),
            (500, false, false),
        ] {
            assert_eq!(
                (health.is_alive(status), any.is_alive(status)),
                (by_health, by_any),
                "{status}"
            );
        }
    }

    #[test]
    fn expected_statuses_are_the_only_ones() {
        let terms = serde_json::from_str(r#"{"status":[404,"500-503"]}"#).unwrap();
        let target = Target::new(&BaseUrl::parse("http://localhost").unwrap()).unwrap();
        let check = Check::on(terms, &target, &[]);
        let alive = |status: &&u16| check.is_alive(**status);
        let expected: Vec<_> = [200, 404, 500, 504].iter().filter(alive).collect();
        assert_eq!(expected, [&404, &500]);
        // What the service says later changes where it is asked, and not what is expected of it.
        let mut health = Endpoint::unnamed(PathTemplate::parse("/health").unwrap()).unwrap();
        health.learn(Evidence::OpenApi, [Method::Get]);
        let described = check.described(&target, &[health]);
        assert_eq!(
            (&*described.path, described.is_alive(200)),
            ("/health", false)
        );
    }
}
