//! Reading what services say of themselves, each in its turn.

use super::{Finder, READERS};
use crate::cpu::metered;
use crate::reader::Heard;
use crate::registry::InstanceId;
use landfall_protocol::throttle::Errand;
use landfall_protocol::time::Millis;
use std::collections::VecDeque;
use std::rc::Rc;

/// Reading descriptions leaves most to checks: that a service lives is worth more than what it has.
const READING: Errand = Errand {
    parts: 4,
    credit: Millis::ZERO,
};

impl Finder {
    /// Asks an instance to describe its endpoints (again), when it is its turn.
    pub(crate) fn describe(self: &Rc<Self>, id: InstanceId) {
        if !self.registry.borrow_mut().is_to_be_read(id) {
            return;
        }
        self.undescribed.borrow_mut().push_back(id);
        if self.describing.get() < READERS {
            self.describing.set(self.describing.get() + 1);
            tokio::task::spawn_local(Rc::clone(self).read_in_turn());
        }
    }

    async fn read_in_turn(self: Rc<Self>) {
        while let Some(id) = self.next_undescribed() {
            let ((), micros) = metered(self.read_description(id)).await;
            let readers = self.describing.get();
            self.rest_after(micros, READING, readers).await;
        }
        self.describing.set(self.describing.get() - 1);
    }

    fn next_undescribed(&self) -> Option<InstanceId> {
        let mut undescribed = self.undescribed.borrow_mut();
        let next = undescribed.pop_front();
        if undescribed.is_empty() {
            // It may have been long.
            *undescribed = VecDeque::new();
        }
        next
    }

    async fn read_description(&self, id: InstanceId) {
        let order = self.registry.borrow_mut().read_order(id);
        let Some(order) = order else { return };
        let heard = self.read(&order.origin, order.before, &order.wanted);
        let reading = match heard.await {
            // An answer without a description, where there was one, may be a service that is starting.
            Heard::Http { reading, .. } => reading.described.is_some().then_some(reading),
            Heard::Unchanged | Heard::NotHttp | Heard::Silent(_) => None,
        };
        let now = self.clock.now();
        self.registry.borrow_mut().described(id, reading, now);
    }
}
