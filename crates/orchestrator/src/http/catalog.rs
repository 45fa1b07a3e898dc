//! The catalog, made once for each revision and served as bytes.
//!
//! The revision moves when the document does: what is new is compared with what is published, byte by byte, so
//! nothing that the document does not show (the age of a check, a latency) can make a revision.
//!
//! A large document weighs about a third of what is known of its services. Browsers take it compressed, and once they
//! have it they ask for nothing but changes, so that it is kept compressed alone while nobody wants it as it is.

mod changes;
mod filter;
mod published;

pub(crate) use filter::Filter;
pub(crate) use published::{Frame, LARGE, Published};

use super::reply::{Reply, refusal};
use bytes::Bytes;
use changes::Log;
use hyper::StatusCode;
use hyper::header::HeaderMap;
use landfall_protocol::catalog::wire;
use landfall_protocol::id::Stamp;
use std::borrow::Borrow;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// How long at least a document is kept as it is after somebody wanted that. Compressing one of thousands of services
/// takes some ten milliseconds.
const WANTED_FOR: Duration = Duration::from_secs(20);

/// The catalog of this run.
#[derive(Debug)]
pub(crate) struct Catalog {
    frame: RefCell<Frame>,
    /// What it is to be, if somebody said so.
    next: RefCell<Option<Frame>>,
    current: RefCell<Rc<Published>>,
    log: RefCell<Log>,
    /// Woken when the document may be there as it is.
    looked_at: Notify,
}

/// A new revision, and the events that tell of it.
#[derive(Debug)]
pub(crate) struct News {
    pub(crate) published: Rc<Published>,
    change: Option<Bytes>,
}

impl News {
    /// For readers that keep the document: what changed, or the whole document where that is shorter.
    pub(crate) fn change(&self) -> Bytes {
        let change = self.change.clone();
        change.unwrap_or_else(|| self.published.event())
    }
}

impl Catalog {
    /// The first revision.
    ///
    /// # Errors
    /// When the document cannot be written as JSON.
    pub(crate) fn new<S: Borrow<wire::Service>>(
        frame: Frame,
        services: impl IntoIterator<Item = S>,
    ) -> serde_json::Result<Self> {
        let published = frame.publish(1, services, None)?;
        let published = published.unwrap_or_else(|| unreachable!("there was nothing before"));
        Ok(Self {
            frame: RefCell::new(frame),
            next: RefCell::default(),
            current: RefCell::new(Rc::new(published)),
            log: RefCell::default(),
            looked_at: Notify::new(),
        })
    }

    /// Changes what stays the same in all revisions, from the next [`Self::update`] on.
    pub(crate) fn reframe(&self, change: impl FnOnce(&mut Frame)) {
        let mut next = self.frame.borrow().clone();
        change(&mut next);
        self.next.replace(Some(next));
    }

    /// The current revision.
    pub(crate) fn current(&self) -> Rc<Published> {
        self.looked_at.notify_one();
        Rc::clone(&self.current.borrow())
    }

    /// Packs the document whenever nobody has wanted it as it is for some time, for ever.
    pub(crate) async fn pack_when_unwanted(&self) {
        loop {
            self.looked_at.notified().await;
            sleep(WANTED_FOR).await;
            while self.current.borrow().was_wanted() {
                sleep(WANTED_FOR).await;
            }
            self.pack();
        }
    }

    /// Packs the document, unless it is small.
    pub(crate) fn pack(&self) {
        let packed = self.current.borrow().packed();
        if let Some(packed) = packed {
            self.current.replace(Rc::new(packed));
        }
    }

    /// Publishes `services`. `None` when that is what is published already.
    ///
    /// # Errors
    /// When the document cannot be written as JSON; what was published stays.
    pub(crate) fn update<S: Borrow<wire::Service>>(
        &self,
        services: impl IntoIterator<Item = S>,
    ) -> serde_json::Result<Option<News>> {
        let before = self.current();
        let next = self.next.take();
        let next = next.filter(|next| *next != *self.frame.borrow());
        let revision = before.stamp().revision + 1;
        let published = match &next {
            Some(next) => next.publish(revision, services, None)?,
            None => (self.frame.borrow()).publish(revision, services, Some(&before))?,
        };
        let Some(published) = published else {
            return Ok(None);
        };
        let published = Rc::new(published);
        let change = match next {
            Some(next) => {
                self.frame.replace(next);
                self.log.borrow_mut().begin_anew(&published);
                None
            }
            None => self.log.borrow_mut().record(&before, &published),
        };
        self.current.replace(Rc::clone(&published));
        Ok(Some(News { published, change }))
    }

    /// The events that a reader of changes needs who knows the revision `seen`: those that it missed, or the whole
    /// document where the log does not reach back so far or would be longer.
    pub(crate) fn since(&self, seen: Option<&Stamp>) -> Vec<Bytes> {
        let current = self.current();
        let of_this_run = seen.filter(|seen| seen.epoch == current.stamp().epoch);
        let log = self.log.borrow();
        of_this_run
            .filter(|seen| seen.revision == current.stamp().revision)
            .map(|_| Vec::new())
            .or_else(|| log.since(of_this_run?.revision, &current))
            .unwrap_or_else(|| vec![current.event()])
    }

    /// Answers a request for the catalog, or for the part of it that the query asks for.
    pub(crate) fn reply(&self, query: Option<&str>, headers: &HeaderMap) -> Reply {
        self.looked_at.notify_one();
        let published = self.current.borrow();
        match Filter::read(query) {
            Ok(None) => published.whole().reply(headers),
            Ok(Some(filter)) => match published.view(&self.frame.borrow(), filter) {
                Ok(view) => view.reply(headers),
                Err(error) => {
                    tracing::error!(%error, "a view of the catalog could not be made");
                    let reason = "this part of the catalog could not be made";
                    refusal(StatusCode::INTERNAL_SERVER_ERROR, reason)
                }
            },
            Err(reason) => refusal(StatusCode::BAD_REQUEST, &reason),
        }
    }

    /// Bytes that are kept: the document in its encodings, its event, views, the log of changes.
    pub(crate) fn kept(&self) -> usize {
        self.current.borrow().kept() + self.log.borrow().kept()
    }
}

#[cfg(test)]
mod tests;
