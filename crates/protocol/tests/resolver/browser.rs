//! A browser with several tabs of one page, in virtual time: one lock, one channel.

use crate::host::{Host, options};
use landfall_protocol::resolver::{Action, Input, Lock, Message, Options};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// A browser with tabs: one lock, one channel, one time.
pub(crate) struct Browser {
    pub(crate) tabs: Vec<Host>,
    pub(crate) holder: Option<usize>,
    waiting: VecDeque<usize>,
    /// Tabs whose code does not run.
    pub(crate) frozen: Vec<usize>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            tabs: Vec::new(),
            holder: None,
            waiting: VecDeque::new(),
            frozen: Vec::new(),
        }
    }

    pub(crate) fn open(&mut self) -> usize {
        self.open_with(options())
    }

    pub(crate) fn open_with(&mut self, mut options: Options<Value>) -> usize {
        options.tabs = true;
        let mut host = Host::new(options).backend();
        host.now = self.tabs.first().map_or(0, |it| it.now);
        self.tabs.push(host.start());
        self.settle();
        self.tabs.len() - 1
    }

    /// Delivers what the tabs ask of the lock and say to each other, until nobody has anything to say.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut idle = true;
            for at in 0..self.tabs.len() {
                for action in std::mem::take(&mut self.tabs[at].tab_actions) {
                    idle = false;
                    match action {
                        Action::Join if self.holder.is_none() => self.grant(at),
                        Action::Join => {
                            self.waiting.push_back(at);
                            self.tabs[at].input(Input::Lock(Lock::Taken));
                        }
                        Action::Steal => {
                            self.waiting.retain(|it| *it != at);
                            if let Some(robbed) = self.holder.replace(at).filter(|it| *it != at) {
                                self.waiting.push_back(robbed);
                                if !self.frozen.contains(&robbed) {
                                    self.tabs[robbed].input(Input::Lock(Lock::Taken));
                                }
                            }
                            self.tabs[at].input(Input::Lock(Lock::Granted));
                        }
                        _ => self.release(at),
                    }
                }
                for message in std::mem::take(&mut self.tabs[at].posted) {
                    idle = false;
                    for other in (0..self.tabs.len())
                        .filter(|other| *other != at && !self.frozen.contains(other))
                        .collect::<Vec<_>>()
                    {
                        let heard = match &message {
                            Message::Hello { consent } => Message::Hello { consent: *consent },
                            Message::Lead { live } => Message::Lead { live: *live },
                            Message::Beat { visible, consent } => Message::Beat {
                                visible: *visible,
                                consent: *consent,
                            },
                            Message::Newer(stamp) => Message::Newer(stamp.clone()),
                            Message::Snapshot(snapshot) => {
                                let mut json = serde_json::to_value(&snapshot.view).unwrap();
                                json["config"] = json!({});
                                Message::Snapshot(json)
                            }
                        };
                        self.tabs[other].input(Input::Heard(heard));
                    }
                }
            }
            if idle {
                return;
            }
        }
    }

    fn grant(&mut self, at: usize) {
        self.holder = Some(at);
        self.tabs[at].input(Input::Lock(Lock::Granted));
    }

    fn release(&mut self, at: usize) {
        self.waiting.retain(|it| *it != at);
        if self.holder == Some(at) {
            self.holder = None;
            if let Some(next) = self.waiting.pop_front() {
                self.grant(next);
            }
        }
    }

    /// The tab is gone, without a word.
    pub(crate) fn crash(&mut self, at: usize) {
        self.frozen.push(at);
        self.release(at);
        self.settle();
    }

    pub(crate) fn until(&mut self, end: u64) {
        while self.tabs[0].now < end {
            let now = (self.tabs[0].now + 10).min(end);
            for at in 0..self.tabs.len() {
                if self.frozen.contains(&at) {
                    self.tabs[at].now = now;
                } else {
                    self.tabs[at].until(now);
                }
            }
            self.settle();
        }
    }

    pub(crate) fn input(&mut self, at: usize, input: Input<Value>) {
        self.tabs[at].input(input);
        self.settle();
    }

    pub(crate) fn leaders(&self) -> Vec<usize> {
        (0..self.tabs.len())
            .filter(|at| self.holder == Some(*at))
            .collect()
    }
}
