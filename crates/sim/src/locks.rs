//! The browser's lock manager (Web Locks) for the one lock that the tabs of a page share.
//!
//! It knows who holds the lock and who waits for it; what it has to say reaches each tab later, as a promise does.

use std::collections::VecDeque;

/// Who asks: the tab, and which of its requests this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) tab: usize,
    pub(crate) turn: u32,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockNews {
    Granted,
    /// Another tab holds it, and the request was not to wait.
    Unavailable,
    /// Another tab has stolen it: the promise of the holder rejects.
    Robbed,
}

#[derive(Debug, Default)]
pub(crate) struct Locks {
    holder: Option<Request>,
    queue: VecDeque<Request>,
    news: Vec<(Request, LockNews)>,
}

impl Locks {
    /// The tab that holds the lock, whether it knows already or not.
    pub(crate) fn holder(&self) -> Option<usize> {
        self.holder.map(|it| it.tab)
    }

    pub(crate) fn is_in_queue(&self, tab: usize) -> bool {
        self.queue.iter().any(|it| it.tab == tab)
    }

    /// Now or not at all.
    pub(crate) fn if_available(&mut self, request: Request) {
        if self.holder.is_none() {
            self.grant(request);
        } else {
            self.news.push((request, LockNews::Unavailable));
        }
    }

    /// In turn.
    pub(crate) fn in_turn(&mut self, request: Request) {
        if self.holder.is_none() {
            self.grant(request);
        } else {
            self.queue.push_back(request);
        }
    }

    /// Taken away from whoever has it.
    pub(crate) fn steal(&mut self, request: Request) {
        self.queue.retain(|it| it.tab != request.tab);
        if let Some(robbed) = self.holder {
            self.news.push((robbed, LockNews::Robbed));
        }
        self.grant(request);
    }

    /// The tab lets go, or is gone.
    pub(crate) fn release(&mut self, tab: usize) {
        self.queue.retain(|it| it.tab != tab);
        if self.holder() == Some(tab) {
            self.holder = None;
            if let Some(next) = self.queue.pop_front() {
                self.grant(next);
            }
        }
    }

    fn grant(&mut self, request: Request) {
        self.holder = Some(request);
        self.news.push((request, LockNews::Granted));
    }

    /// What is to be told since the last time.
    pub(crate) fn take_news(&mut self) -> Vec<(Request, LockNews)> {
        std::mem::take(&mut self.news)
    }
}
