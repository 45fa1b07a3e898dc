//! One place where a service runs, with all that is kept of it.

use super::services::ServiceId;
use super::standing::Since;
use crate::health::{HealthState, Kept, Thresholds, Verdict};
use crate::pool::Target;
use crate::registration::RegistrationId;
use crate::settings::{CheckKind, CheckTerms, Span};
use crate::sockets::Place;
use landfall_protocol::catalog::{HealthClass, WELL_KNOWN};
use landfall_protocol::endpoint::{Endpoint, Protocol};
use landfall_protocol::method::Method;
use landfall_protocol::probe::Rung;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use slotmap::new_key_type;
use std::num::NonZeroU64;
use std::rc::Rc;
use std::time::Duration;

/// A service is checked more often until it has answered this often.
const CHECKS_UNTIL_STEADY: usize = 3;

new_key_type! {
    /// The handle of an instance. Never used twice.
    pub(crate) struct InstanceId;
}

/// One instance. There are thousands of them, so that it is small.
#[derive(Debug)]
pub(crate) struct Instance {
    /// The service that it belongs to.
    pub(super) service: ServiceId,
    /// Where it is.
    pub(super) target: Target,
    pub(super) source: Source,
    pub(super) health: HealthState,
    pub(super) checked: Option<CheckedAt>,
    pub(super) check: Rc<Check>,
    pub(super) description: Description,
    /// When the next check is due; while one is queued, when that was due.
    pub(super) due: Millis,
    /// How often it came to where it is: a check that began before says nothing.
    pub(super) arrivals: u32,
    /// Since when it has its class.
    pub(super) since: Since,
    /// Why it is not healthy.
    pub(super) why: Kept,
    /// Its share of the requests.
    pub(super) weight: u16,
    /// Whether nobody listens there.
    pub(super) is_gone: bool,
    /// Whether a check is queued or on its way.
    pub(super) checking: bool,
    /// Whether the last check timed out.
    pub(super) suspect: bool,
}

/// How the daemon knows of an instance.
#[derive(Debug)]
pub(super) enum Source {
    /// A person wrote it down.
    Settings {
        /// That of what is written.
        digest: u64,
        /// Whether that has a title.
        is_titled: bool,
    },
    /// It was registered.
    Registration(RegistrationId),
    /// It was found by its socket.
    Socket(Place),
}

/// When an instance was last checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckedAt {
    /// On the daemon's clock.
    pub(super) at: Millis,
    /// In milliseconds since 1970; a clock that is set to before that counts as one that is a moment after.
    unix_ms: NonZeroU64,
}

impl CheckedAt {
    pub(super) fn new(at: Millis, unix_ms: u64) -> Self {
        Self {
            at,
            unix_ms: NonZeroU64::new(unix_ms).unwrap_or(NonZeroU64::MIN),
        }
    }

    /// In milliseconds since 1970.
    pub(super) const fn unix_ms(self) -> u64 {
        self.unix_ms.get()
    }
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
    pub(crate) fn of(target: &Target, endpoints: &[Endpoint]) -> Rc<Self> {
        Self::usual(target, endpoints).shared()
    }

    fn usual(target: &Target, endpoints: &[Endpoint]) -> Self {
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
    pub(crate) fn on(terms: CheckTerms, target: &Target, endpoints: &[Endpoint]) -> Rc<Self> {
        let check = match &terms.path {
            Some(path) => Self {
                is_fixed: true,
                ..Self::new(path.as_str(), true)
            },
            None => Self::usual(target, endpoints),
        };
        let terms = (terms != CheckTerms::default()).then(|| Rc::new(terms));
        Self { terms, ..check }.shared()
    }

    /// The check after the service said what it has.
    pub(super) fn described(self: &Rc<Self>, target: &Target, endpoints: &[Endpoint]) -> Rc<Self> {
        if self.is_fixed {
            return Rc::clone(self);
        }
        let usual = Self::usual(target, endpoints);
        let terms = self.terms.clone();
        Self { terms, ..usual }.shared()
    }

    /// The checks of most services are there once.
    fn shared(self) -> Rc<Self> {
        thread_local! {
            static COMMON: [Rc<Check>; 3] = [(WELL_KNOWN, false), ("/health", true), ("/healthz", true)]
                .map(|(path, is_health_path)| Rc::new(Check::new(path, is_health_path)));
        }
        let known = |common: &[Rc<Self>; 3]| common.iter().find(|it| ***it == self).cloned();
        COMMON.with(known).unwrap_or_else(|| Rc::new(self))
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
            path: path.into(),
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
        !self.is_gone
    }

    /// The socket that it was found by; `None` for one from the settings, or that was registered.
    pub(super) const fn place(&self) -> Option<&Place> {
        match &self.source {
            Source::Socket(place) => Some(place),
            Source::Settings { .. } | Source::Registration(_) => None,
        }
    }

    /// The registration that it is from.
    pub(super) const fn registration(&self) -> Option<RegistrationId> {
        match self.source {
            Source::Registration(id) => Some(id),
            Source::Settings { .. } | Source::Socket(_) => None,
        }
    }

    /// Where it is asked what it has: what was found by its socket at its origin, else below the URL that somebody gave.
    pub(super) fn origin(&self) -> BaseUrl {
        let url = self.target.url();
        match self.source {
            Source::Socket(_) => BaseUrl::parse(url.origin()).unwrap_or(url),
            Source::Settings { .. } | Source::Registration(_) => url,
        }
    }

    /// Whether a person wrote it down.
    pub(super) const fn is_from_settings(&self) -> bool {
        matches!(self.source, Source::Settings { .. })
    }

    /// Takes a verdict.
    pub(super) fn record(&mut self, verdict: Verdict, now: Millis, unix_ms: u64) -> Transition {
        let (class, answered) = (self.health.class(), self.health.latency_us().is_some());
        self.health.record(verdict, self.check.thresholds());
        self.checked = Some(CheckedAt::new(now, unix_ms));
        self.judged(class, verdict, now);
        let recovered = !answered && matches!(verdict, Verdict::Alive { .. });
        Transition {
            class: class != self.health.class(),
            recovered,
        }
    }
}

impl Source {
    /// A registration says more than a socket.
    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "settings",
            Self::Registration(_) => "registration",
            Self::Socket(_) => "socket",
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

#[cfg(test)]
mod tests {
    use super::*;
    use landfall_protocol::endpoint::Evidence;
    use landfall_protocol::template::PathTemplate;

    fn check(base: &str, endpoints: &[(&str, Method)]) -> Rc<Check> {
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
