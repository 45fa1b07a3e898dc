//! Says what happens, for a trace.

use super::Simulation;
use crate::document::Document;
use crate::json::Shared;
use crate::streams::Arriving;
use crate::visit::Told;
use crate::world::Heard;
use landfall_protocol::probe::{Answer, Failure};
use landfall_protocol::resolver::{Input, Message};
use landfall_protocol::snapshot::Snapshot;
use std::rc::Rc;

impl Simulation<'_> {
    pub(super) fn say(&mut self, tab: usize, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{:>7} {tab}  {}", self.now, what()));
        }
    }

    pub(super) fn say_to_all(&mut self, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{:>7}    {}", self.now, what()));
        }
    }

    pub(super) fn say_input(&mut self, tab: usize, input: &Input<Shared>) {
        let text = match input {
            Input::Answered { .. } | Input::Streamed { .. } => return,
            Input::Heard(Message::Snapshot(json)) => {
                format!("hears a snapshot: {}", json.0["status"])
            }
            other => format!("{other:?}").chars().take(160).collect(),
        };
        self.say(tab, || text);
    }

    pub(super) fn say_shown(&mut self, tab: usize, before: Option<&Rc<Snapshot<Shared>>>) {
        if self.log.is_none() {
            return;
        }
        let Some(after) = self.tabs[tab].visit.snapshot().cloned() else {
            return;
        };
        if before.is_some_and(|it| Rc::ptr_eq(it, &after)) {
            return;
        }
        self.say(tab, || {
            let view = &after.view;
            let epoch = view
                .epoch
                .as_ref()
                .map(|it| format!("{}:{}", it.registry(), it.boot()));
            format!(
                "  == {} ({}{}) of {} {} {}, base {}",
                view.status,
                view.code,
                view.subject
                    .as_ref()
                    .map_or_else(String::new, |it| format!(", {it}")),
                view.origin.as_deref().unwrap_or("nowhere"),
                epoch.as_deref().unwrap_or("-"),
                view.revision
                    .map_or_else(|| "-".to_owned(), |it| it.to_string()),
                view.base_url
            )
        });
    }
}

pub(super) fn brief<T: std::fmt::Debug>(
    result: &Result<Answer<T>, Failure>,
    heard: &Heard,
) -> String {
    let heard = match heard {
        Heard::Document(document, rung) => format!("a document ({rung}), {}", stamped(document)),
        other => format!("{other:?}"),
    };
    match result {
        Ok(answer) => format!("{}, {heard}", answer.status),
        Err(failure) => format!("{failure:?}"),
    }
}

pub(super) fn brief_told(told: &Told) -> String {
    match told {
        Told::Snapshot(json, _) => format!("a snapshot: {}", json.0["status"]),
        other => format!("{other:?}"),
    }
}

pub(super) fn brief_stream(arriving: &Arriving) -> String {
    match arriving {
        Arriving::Catalog(document) | Arriving::Nagging(document) => {
            format!("catalog, {}", stamped(document))
        }
        Arriving::NotACatalog(_) => "no catalog".to_owned(),
        other => format!("{other:?}"),
    }
}

fn stamped(document: &Document) -> String {
    document.stamp.map_or_else(
        || "without a stamp".to_owned(),
        |it| format!("{}:{}:{}", it.registry, it.boot, it.revision),
    )
}
