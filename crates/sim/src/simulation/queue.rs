//! What is under way, in the order of its arrival; what arrives at the same time keeps the order of its sending.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

#[derive(Debug)]
pub(crate) struct Queue<T> {
    order: BinaryHeap<Reverse<(u64, u64)>>,
    items: BTreeMap<u64, T>,
    pushed: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            order: BinaryHeap::new(),
            items: BTreeMap::new(),
            pushed: 0,
        }
    }
}

impl<T> Queue<T> {
    pub(crate) fn push(&mut self, at: u64, item: T) {
        self.order.push(Reverse((at, self.pushed)));
        self.items.insert(self.pushed, item);
        self.pushed += 1;
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.order.peek().map(|it| it.0.0)
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let Reverse((_, number)) = self.order.pop()?;
        self.items.remove(&number)
    }
}
