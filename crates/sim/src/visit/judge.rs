//! Judges the machine and the store after each step.

use super::{Drained, Effect, Moment, Visit};
use crate::invariant::{Checked, Invariant, ensure};
use crate::json::Shared;
use crate::promise::Conditions;
use crate::store::Shown;
use landfall_protocol::resolver::KEPT;
use landfall_protocol::snapshot::Snapshot;
use std::rc::Rc;

impl Visit {
    pub(super) fn judge(&mut self, moment: Moment<'_>, wake: bool, drained: Drained) -> Checked {
        if self.closed {
            return self.judge_closed();
        }
        let now = moment.now;
        let late = now >= self.setup.timeout;
        let snapshot = self.resolver.snapshot().cloned();
        ensure(drained.publications <= 1, Invariant::Bounded, || {
            "one input led to several publications".to_owned()
        })?;
        self.model
            .judge(late, snapshot.as_deref(), drained.publications > 0)?;
        ensure(
            !drained.forgets || self.model.refused_record,
            Invariant::ValueAsDelivered,
            || "a valid record is forgotten".to_owned(),
        )?;
        self.judge_store(snapshot.as_ref())?;
        self.judge_records(drained)?;
        self.judge_timeout(now, wake, drained, snapshot.is_some())?;
        self.promise.update(
            now,
            Conditions {
                searching: self.model.live.is_none() && self.searches(),
                attentive: self.visible && self.online && moment.punctual,
            },
        );
        Ok(())
    }

    /// Every subscriber has before its eyes what the machine has published last.
    fn judge_store(&self, snapshot: Option<&Rc<Snapshot<Shared>>>) -> Checked {
        let shown = self.store.shown();
        let agrees = match snapshot {
            Some(snapshot) => shown.is_same(&Shown::Published(Rc::clone(snapshot))),
            None => !matches!(shown, Shown::Published(_)),
        };
        ensure(agrees, Invariant::SubscribersAgree, || {
            "the store shows something else than what was published last".to_owned()
        })?;
        let settled = !matches!(shown, Shown::Pending);
        for listener in self.store.listeners() {
            let fits = listener.sees.is_same(shown) && listener.heard_ready == u32::from(settled);
            ensure(fits, Invariant::SubscribersAgree, || {
                format!("a subscriber was left behind: {listener:?}")
            })?;
        }
        ensure(
            self.store.settlements == u32::from(settled),
            Invariant::SettlesOnceByDeadline,
            || format!("ready has settled {} times", self.store.settlements),
        )
    }

    fn judge_records(&self, drained: Drained) -> Checked {
        let length = |hint: (usize, Option<usize>)| hint.1.unwrap_or(usize::MAX);
        let (trace, audit) = (
            length(self.resolver.trace().size_hint()),
            length(self.resolver.audit().size_hint()),
        );
        ensure(trace <= KEPT && audit <= KEPT, Invariant::Bounded, || {
            format!("{trace} entries in the trace and {audit} in the audit")
        })?;
        if drained.sent == 0 {
            return Ok(());
        }
        let recorded = self.resolver.audit().skip(audit - drained.sent.min(audit));
        let sent = self.effects.iter().filter_map(|it| match it {
            Effect::Send(asked) => Some(&asked.probe),
            _ => None,
        });
        let sent: Vec<_> = sent.collect();
        let sent = &sent[sent.len() - drained.sent.min(sent.len())..];
        let all = recorded
            .map(|it| (it.method, it.url.as_str()))
            .eq(sent.iter().map(|it| (it.method.as_str(), it.url.as_str())));
        ensure(all, Invariant::Bounded, || {
            format!("the audit does not hold what was sent: {sent:?}")
        })
    }

    fn judge_timeout(&mut self, now: u64, wake: bool, drained: Drained, settled: bool) -> Checked {
        let timeout = self.timeout();
        self.digest.add_number(timeout.map_or(0, |(at, _)| at));
        let in_time = timeout.is_some_and(|(at, _)| at <= self.setup.timeout.max(now));
        ensure(settled || in_time, Invariant::SettlesOnceByDeadline, || {
            format!("the host is told to sleep past the deadline: {timeout:?}")
        })?;
        if !wake {
            return Ok(());
        }
        let again = timeout.is_some_and(|(at, _)| at <= now);
        let before = if self.spins.0 == now { self.spins.1 } else { 0 };
        self.spins = (now, if again { before + 1 } else { 0 });
        let most = 4 + 2 * self.setup.origins.len();
        let loops = again && drained.actions == 0 || self.spins.1 > most;
        ensure(!loops, Invariant::NoBusyLoop, || {
            format!(
                "woken at {now}, to be woken again at {timeout:?}, {} times in a row",
                self.spins.1
            )
        })
    }

    fn judge_closed(&self) -> Checked {
        let ended = self.in_flight.is_empty() && self.stream.is_none();
        ensure(
            ended && self.timeout().is_none(),
            Invariant::SilentAfterClose,
            || {
                format!(
                    "left after the close: {:?}, {:?}, {:?}",
                    self.in_flight,
                    self.stream,
                    self.timeout()
                )
            },
        )
    }
}
