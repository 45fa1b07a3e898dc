//! The promise to a visible page: while nothing live is known, each candidate is asked at least every 350 ms in
//! the first 10 s, unless it asked to be left alone.

use crate::invariant::{Checked, Invariant, ensure};

const EVERY: u64 = 350;
const FOR: u64 = 10_000;
/// The longest that a candidate may ask to be left alone, in seconds.
const LONGEST_WAIT: u64 = 60;

#[derive(Debug)]
pub(crate) struct Promise {
    /// When the search began, while there is one.
    search: Option<u64>,
    /// Since when the conditions hold without a break.
    since: Option<u64>,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    in_flight: bool,
    idle_since: u64,
    left_alone_until: u64,
}

/// What the promise depends on, after a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions {
    pub(crate) searching: bool,
    /// Visible, online, and timers are punctual.
    pub(crate) attentive: bool,
}

impl Promise {
    pub(crate) fn new(candidates: usize) -> Self {
        let candidate = Candidate {
            in_flight: false,
            idle_since: 0,
            left_alone_until: 0,
        };
        Self {
            search: None,
            since: None,
            candidates: vec![candidate; candidates],
        }
    }

    pub(crate) fn sent(&mut self, candidate: usize) {
        self.candidates[candidate].in_flight = true;
    }

    /// A request has ended, whether by an answer or by being given up.
    pub(crate) fn ended(&mut self, now: u64, candidate: usize) {
        self.candidates[candidate].in_flight = false;
        self.candidates[candidate].idle_since = now;
    }

    pub(crate) fn leave_alone(&mut self, now: u64, candidate: usize, seconds: u64) {
        self.candidates[candidate].left_alone_until = now + seconds.min(LONGEST_WAIT) * 1_000;
    }

    /// The conditions have been broken: counting begins anew.
    pub(crate) fn interrupt(&mut self) {
        self.since = None;
    }

    /// Judges how things were until now. `barred`: candidates that may not be asked.
    pub(crate) fn judge(&self, now: u64, barred: impl Fn(usize) -> bool) -> Checked {
        let (Some(search), Some(since)) = (self.search, self.since) else {
            return Ok(());
        };
        for (index, it) in self.candidates.iter().enumerate() {
            let idle = it.idle_since.max(since).max(it.left_alone_until);
            let promised = !it.in_flight && idle + EVERY < search + FOR && !barred(index);
            ensure(
                !promised || now <= idle + EVERY,
                Invariant::RetriesInTime,
                || {
                    format!(
                        "candidate {index} was asked for the last time at {idle} ms of this visit"
                    )
                },
            )?;
        }
        Ok(())
    }

    /// Takes over how things are now.
    pub(crate) fn update(&mut self, now: u64, conditions: Conditions) {
        if !conditions.searching {
            self.search = None;
            for it in &mut self.candidates {
                it.left_alone_until = 0;
            }
        } else if self.search.is_none() {
            self.search = Some(now);
            self.since = None;
        }
        if !conditions.attentive {
            self.since = None;
        } else if self.since.is_none() {
            self.since = Some(now);
        }
    }
}
