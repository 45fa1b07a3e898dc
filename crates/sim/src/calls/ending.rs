//! What comes of a try, and what the page and the registry are to hear of it.

use super::draw::REGISTRY;
use super::judge;
use super::model::{Call, Circuit, Model, instances};
use super::session::{Due, Session, State};
use crate::invariant::{Checked, Invariant, ensure};
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{After, Ended, MAX_TALLIES};
use std::rc::Rc;

/// Between two looks for a lost backend.
const LOOKS: u64 = 250;

impl Session {
    /// A try has ended: tells the model and the machine, and does what comes next.
    pub(super) fn end(&mut self, at: usize, ended: Ended) -> Checked {
        let view = Rc::clone(&self.view);
        let moment = self.now;
        let hosted = &mut self.calls[at];
        let call = &mut hosted.call;
        let listed = instances(&view, call.service);
        let failed = match ended {
            Ended::Answered { status, .. } => status >= 500,
            _ => true,
        };
        let was_at = call.at.clone();
        if let Some(url) = &was_at
            && ended != Ended::Barred
        {
            let counts = ended != Ended::Abandoned;
            if call.request.is_some() {
                self.model.ended(moment, url, counts.then_some(failed));
            }
            if counts {
                self.model.tally(url, failed, listed);
            }
        }
        if let Ended::Answered {
            status,
            retry_after: Some(wait),
        } = ended
        {
            let who = if status == 429 { None } else { was_at.clone() };
            let until = moment.saturating_add(wait.0);
            call.spare(moment, who.unwrap_or_default(), until);
        }
        // Woken early, it has not had the try that it was promised.
        let rests = call.spared.values().any(|until| *until > moment);
        call.tries += u32::from(ended != Ended::Barred || !rests);
        call.failed_at.extend(was_at.clone());
        let id = hosted.id;
        let after = self.usage.ended(Millis(moment), id, ended, &view);
        self.say(|| format!("call {at} ended {ended:?}, then {after:?}"));
        self.judge_look(ended, was_at.is_some())?;
        let hosted = &mut self.calls[at];
        let call = &mut hosted.call;
        let pause = match after {
            After::Again(pause) => Some(pause.0),
            After::Over => None,
        };
        self.digest.add_number(pause.unwrap_or(u64::MAX));
        let free = |passes: fn(&Model, &str, u64) -> bool, spared: fn(&Call, &str) -> u64| {
            let found =
                listed
                    .iter()
                    .map(|it| (it.url.as_str(), it.health))
                    .find(|(url, health)| {
                        *health > HealthClass::Unhealthy
                            && !call.failed_at.contains(*url)
                            && spared(call, url) <= moment
                            && passes(&self.model, url, moment)
                    });
            found.map(|it| it.0)
        };
        let must = free(Model::passes, Call::last_spared);
        let may = free(|model, url, now| !model.bars(url, now), Call::spared_until);
        judge::after(call, moment, pause, may, must)?;
        let is_open = call.request.is_none() && matches!(ended, Ended::Answered { .. });
        match pause {
            _ if is_open => {
                hosted.state = State::Open;
                call.failed_at.clear();
                let lasts = self.rng.between(50, 9_000);
                let turn = hosted.turn;
                self.queue
                    .push(moment + lasts, Due::End(at, turn, Ended::Unreachable));
            }
            Some(pause) => {
                hosted.state = State::Waiting;
                call.at = None;
                let late = self.rng.below(self.drawn.late + 1);
                let turn = hosted.turn;
                if !call.spared.is_empty() {
                    self.outcome
                        .reached
                        .mark("a call waited for who asked to be left alone");
                }
                self.queue.push(moment + pause + late, Due::Try(at, turn));
            }
            None => {
                call.over = true;
                hosted.turn += 1;
            }
        }
        if was_at.is_some_and(|url| matches!(self.model.circuit(&url), Circuit::Open(..))) {
            self.mark("a circuit was open");
        }
        Ok(())
    }

    fn judge_look(&mut self, ended: Ended, was_somewhere: bool) -> Checked {
        let rested = self.model.looked.is_none_or(|it| it + LOOKS <= self.now);
        let must = ended == Ended::Unreachable && was_somewhere && rested;
        if must {
            self.model.looked = Some(self.now);
        }
        let looks = self.usage.take_look();
        ensure(looks == must, Invariant::LossIsLookedFor, || {
            format!("after {ended:?} a look is due: {must}, and wanted: {looks}")
        })
    }

    pub(super) fn report(&mut self) -> Checked {
        let report = self.usage.report(&self.view);
        let mut due = std::mem::take(&mut self.model.tallies);
        due.retain(|_, it| *it != (0, 0));
        let view = &self.view;
        let takes = view.source == Some("live")
            && view.rung == Some("catalog")
            && view.origin.as_deref() == Some(REGISTRY.0)
            && view
                .services
                .iter()
                .any(|it| it.name.as_str() == "landfall");
        let told = report.as_ref().map(|it| it.1.len());
        let count = due.len().min(MAX_TALLIES);
        let must = (takes && count > 0).then_some(count);
        ensure(told == must, Invariant::ReportsFit, || {
            format!("{must:?} instances are to be told of, told is {report:?}")
        })?;
        let Some((_, tallies)) = &report else {
            return Ok(());
        };
        self.outcome
            .reached
            .mark("the registry heard of what contradicts it");
        let fits = tallies
            .iter()
            .all(|it| due.get(it.url.as_str()) == Some(&(it.answered, it.failed)));
        ensure(fits, Invariant::ReportsFit, || {
            format!("{due:?} is to be told, told is {tallies:?}")
        })
    }
}
