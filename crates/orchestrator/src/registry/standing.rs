//! How an instance stands: since when it has its class, and why it is not healthy.

use super::instance::CheckedAt;
use super::{Check, Instance};
use crate::health::{Kept, Reason, Verdict};
use crate::settings::CheckKind;
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::time::Millis;
use std::borrow::Cow;
use std::time::Duration;

/// Since when an instance has its class: whole seconds of the daemon's clock, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since(u32);

impl Since {
    pub(super) fn at(now: Millis) -> Self {
        Self(u32::try_from(now.0 / 1_000).unwrap_or(u32::MAX))
    }

    /// How long ago that was, up to a second more.
    pub(super) fn age(self, now: Millis) -> Millis {
        now - Millis::from_secs(self.0.into())
    }
}

impl Instance {
    /// Why it is not healthy; `None` while it is.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.why.reason()
    }

    /// Its last verdict is so old that nothing is known any more.
    pub(super) fn outdate(&mut self, now: Millis) {
        let before = self.health.class();
        self.health.outdate();
        self.stands(before, Some(Reason::Overdue), now);
    }

    /// Nobody listens there any more.
    pub(super) fn lose(&mut self, now: Millis, unix_ms: u64) {
        let before = self.health.class();
        self.is_gone = true;
        self.health.lost();
        self.checked = Some(CheckedAt::new(now, unix_ms));
        self.stands(before, Some(Reason::SocketClosed), now);
    }

    /// Somebody listens again: nothing is known of how it is.
    pub(super) fn begin_anew(&mut self, now: Millis) {
        let before = self.health.class();
        self.health.begin_anew();
        self.stands(before, Some(Reason::NotChecked), now);
    }

    /// Takes over what is known of how the instance before it is.
    pub(super) fn succeed(&mut self, before: &mut Self) {
        self.health = std::mem::take(&mut before.health);
        self.checked = before.checked;
        self.since = before.since;
        self.why = before.why;
    }

    /// What a verdict says of why it is as it is.
    pub(super) fn judged(&mut self, before: HealthClass, verdict: Verdict, now: Millis) {
        self.stands(before, verdict.reason(), now);
    }

    /// What made it unhealthy is told until it is healthy again.
    fn stands(&mut self, before: HealthClass, reason: Option<Reason>, now: Millis) {
        let class = self.health.class();
        if class != before {
            self.since = Since::at(now);
        }
        match reason {
            Some(reason) => self.why = reason.into(),
            None if class == HealthClass::Healthy => self.why = Kept::NONE,
            None => {}
        }
    }

    /// Why it is not healthy, in words. `deadline` is that of a check that has none of its own.
    pub(super) fn message(&self, deadline: Duration) -> Option<Cow<'static, str>> {
        Some(self.check.words(self.reason()?, deadline))
    }
}

impl Check {
    fn words(&self, reason: Reason, deadline: Duration) -> Cow<'static, str> {
        let text = match reason {
            Reason::NotChecked => "not checked yet",
            Reason::Overdue => {
                "not asked in time: the checks take more than the daemon's CPU budget"
            }
            Reason::Starved => "not asked in time: the daemon itself waited for a CPU",
            Reason::NoDescriptors => "not asked: the daemon has no file descriptor left",
            Reason::NoAuthorities => {
                "not asked: there is no authority to verify its certificate by; install ca-certificates, or name one in \
                 checks.ca_file"
            }
            Reason::SocketClosed => "nobody listens any more",
            Reason::Refused => "connection refused",
            Reason::Timeout => {
                let deadline = spelled(self.timeout().unwrap_or(deadline));
                let what = match self.kind() {
                    CheckKind::Http => "answer",
                    CheckKind::Tcp => "connection",
                };
                return format!("no {what} in {deadline}").into();
            }
            Reason::Reset => "it broke the connection off",
            Reason::Closed => "it closed the connection before its answer was whole",
            Reason::Unreachable => "there is no way to its address",
            Reason::NotPermitted => {
                "the system does not permit the connection: look at its firewall and the unit's limits"
            }
            Reason::ConnectionFailed => "the connection failed",
            Reason::NotHttp => "its answer is not HTTP/1",
            Reason::NotTls => "it does not speak TLS: is it http?",
            Reason::Certificate(flaw) => return format!("TLS: {flaw}").into(),
            Reason::Status(status) => {
                return format!("status {status}, expected {}", self.expected()).into();
            }
        };
        text.into()
    }

    /// The statuses that are life, in words.
    fn expected(&self) -> Cow<'static, str> {
        let statuses = self.terms.as_ref().and_then(|it| it.status.as_ref());
        match statuses {
            Some(statuses) => statuses.to_string().into(),
            None if self.is_health_path => "200 to 399, 401 or 403".into(),
            None => "less than 500".into(),
        }
    }
}

/// A time as people say it.
fn spelled(time: Duration) -> String {
    let millis = time.as_millis();
    if millis.is_multiple_of(1_000) {
        format!("{} s", millis / 1_000)
    } else {
        format!("{millis} ms")
    }
}
