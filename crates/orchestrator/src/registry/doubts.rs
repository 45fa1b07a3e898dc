//! What pages say of instances: a reason to look sooner, and nothing more.

use super::{Instance, Registry};
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::Tally;

/// The least time between two checks of an instance that pages bring forward.
const PAUSE: Millis = Millis::from_secs(1);

impl Registry {
    /// Brings the checks forward of the instances whose verdict does not fit what pages saw: one that counts as healthy
    /// and fails, or one that does not and answers.
    pub(crate) fn doubt(&mut self, tallies: &[Tally], now: Millis) {
        let mut any = false;
        for instance in self.instances.values_mut() {
            let told = tallies
                .iter()
                .find(|it| it.url.as_str() == instance.target.as_str());
            if told.is_some_and(|told| instance.is_doubtful(told)) {
                let soonest = instance
                    .checked
                    .map_or(now, |checked| now.max(checked.at + PAUSE));
                any |= soonest < instance.due;
                instance.due = instance.due.min(soonest);
            }
        }
        if any {
            self.nudges.notify_one();
        }
    }
}

impl Instance {
    fn is_doubtful(&self, told: &Tally) -> bool {
        let is_healthy = self.health.class() == HealthClass::Healthy;
        self.is_checked() && (told.failed > 0 || told.answered > 0 && !is_healthy)
    }
}
