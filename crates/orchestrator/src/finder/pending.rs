//! Places that wait to be asked what they are.
//!
//! A machine may have thousands of them at once, so that a place that waits is an entry in a queue and nothing more. One that does not answer
//! is asked a few more times, further and further apart, since many servers listen before they are ready.

use crate::sockets::Place;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Before each time that a silent place is asked.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(25),
];

/// A place, and how often it was asked already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) place: Place,
    asked: usize,
}

/// All places that wait.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// By how often they were asked; each is in the order of its time, for all in one queue pause equally long.
    waiting: [VecDeque<(Instant, Place)>; PAUSES.len()],
    /// Those that are being asked for the first time.
    first: Vec<Place>,
}

impl Pending {
    /// Somebody began to listen there.
    pub(super) fn add(&mut self, place: Place, now: Instant) {
        self.waiting[0].push_back((now + PAUSES[0], place));
    }

    /// The next place to ask now, which waits no longer.
    pub(super) fn next(&mut self, now: Instant) -> Option<Candidate> {
        let is_due = |queue: &VecDeque<(Instant, Place)>| {
            let first = queue.front();
            first.is_some_and(|(due, _)| *due <= now)
        };
        let asked = self.waiting.iter().position(is_due)?;
        let queue = &mut self.waiting[asked];
        let (_, place) = queue.pop_front()?;
        if queue.is_empty() {
            // It may have been long.
            *queue = VecDeque::new();
        }
        if asked == 0 {
            self.first.push(place.clone());
        }
        Some(Candidate { place, asked })
    }

    /// When the next place is to be asked.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let queues = self.waiting.iter();
        queues
            .filter_map(|it| it.front())
            .map(|(due, _)| *due)
            .min()
    }

    /// It did not answer: it is asked again after a pause, if it was not asked often enough.
    pub(super) fn again(&mut self, candidate: Candidate, now: Instant) {
        let asked = candidate.asked + 1;
        if let Some((queue, pause)) = self.waiting.get_mut(asked).zip(PAUSES.get(asked)) {
            queue.push_back((now + *pause, candidate.place));
        }
    }

    /// What is known of a place does not wait for its first answer any longer.
    pub(super) fn heard(&mut self, place: &Place) {
        self.first.retain(|it| it != place);
    }

    /// Nobody listens at these places any more, which are in order.
    pub(super) fn gone(&mut self, places: &[Place]) {
        let is_there = |it: &Place| places.binary_search(it).is_err();
        self.first.retain(is_there);
        for queue in &mut self.waiting {
            queue.retain(|(_, it)| is_there(it));
        }
    }

    /// Whether a place of a process of this name is still to answer for the first time.
    pub(super) fn has_unheard(&self, process: &str) -> bool {
        let waiting = self.waiting[0].iter().map(|(_, place)| place);
        let mut unheard = self.first.iter().chain(waiting);
        unheard.any(|place| *place.process.name == *process)
    }

    /// How many are still to be asked for the first time.
    pub(super) fn unheard(&self) -> usize {
        self.waiting[0].len() + self.first.len()
    }

    /// Bytes that are kept.
    pub(super) fn kept(&self) -> usize {
        let waiting: usize = self.waiting.iter().map(VecDeque::capacity).sum();
        waiting * size_of::<(Instant, Place)>() + self.first.capacity() * size_of::<Place>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sockets::{Host, Process};

    fn place(name: &str, port: u16) -> Place {
        let process = Process {
            started: 1,
            pid: 1,
            name: name.into(),
        };
        Place {
            process: process.into(),
            port,
            host: Host::V4,
        }
    }

    fn after(began: Instant, seconds: u64) -> Instant {
        began + Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_silent_is_asked_three_more_times_further_and_further_apart() {
        let (mut pending, began) = (Pending::default(), Instant::now());
        pending.add(place("a", 8_000), began);
        let mut now = began;
        for pause in [1, 5, 25] {
            let candidate = pending.next(now).unwrap();
            pending.again(candidate, now);
            assert_eq!(pending.next(now), None);
            assert_eq!(pending.next_due(), Some(after(now, pause)));
            now = after(now, pause);
        }
        let candidate = pending.next(now).unwrap();
        pending.again(candidate, now);
        assert_eq!(pending.next_due(), None);
    }

    #[test]
    fn a_place_is_unheard_from_its_first_day_to_its_first_answer() {
        let (mut pending, now) = (Pending::default(), Instant::now());
        let (one, other) = (place("a", 8_000), place("b", 8_001));
        pending.add(one.clone(), now);
        pending.add(other.clone(), now);
        let candidate = pending.next(now).unwrap();
        assert_eq!(candidate.place, one);
        assert!(pending.has_unheard("a") && pending.has_unheard("b"));
        assert_eq!(pending.unheard(), 2);
        pending.heard(&one);
        pending.again(candidate, now);
        assert!(!pending.has_unheard("a"));
        assert_eq!(pending.unheard(), 1);
        pending.gone(std::slice::from_ref(&other));
        assert!(!pending.has_unheard("b"));
        assert_eq!(pending.next(now), None);
        pending.gone(std::slice::from_ref(&one));
        assert_eq!(pending.next_due(), None);
    }

    #[test]
    fn nothing_is_kept_for_those_that_wait_no_longer() {
        let (mut pending, now) = (Pending::default(), Instant::now());
        (8_000..9_000).for_each(|port| pending.add(place("a", port), now));
        while let Some(candidate) = pending.next(now) {
            pending.heard(&candidate.place);
        }
        assert!(pending.kept() < 1_000, "{}", pending.kept());
    }
}
