//! A daemon: one catalog, and everything that it ever was.

use super::index;
use crate::document::{Document, Stamp};
use crate::serve::{self, Masthead};
use landfall_protocol::rng::Rng;
use std::cell::OnceCell;
use std::rc::Rc;

/// How many different contents the revisions of a daemon have.
const KINDS: u64 = 7;

/// A daemon and everything it ever published.
#[derive(Debug)]
pub(crate) struct Daemon {
    head: Masthead,
    content: u64,
    published: Vec<Edition>,
}

/// What a daemon has published at one time; most of it nobody reads, so it is written when it is asked for.
#[derive(Debug)]
struct Edition {
    head: Masthead,
    content: u64,
    document: OnceCell<Rc<Document>>,
}

impl Edition {
    fn document(&self) -> &Rc<Document> {
        self.document
            .get_or_init(|| Rc::new(serve::catalog(self.head, self.content)))
    }
}

impl Daemon {
    pub(super) fn new(setup: &crate::schedule::Daemon) -> Self {
        let head = Masthead {
            name: if setup.stranger {
                "elsewhere"
            } else {
                serve::CATALOG_NAME
            },
            stamp: Stamp {
                registry: setup.registry,
                boot: setup.boot,
                revision: setup.revision,
            },
            ttl: setup.ttl,
            events: setup.events,
            itself: setup.lists_itself.then_some("http://localhost:7420"),
        };
        let mut daemon = Self {
            head,
            content: setup.content,
            published: Vec::new(),
        };
        daemon.publish();
        daemon
    }

    /// Equal stamps have equal content, also where two daemons speak for one registry; and sometimes a new
    /// revision has the content of an old one.
    fn publish(&mut self) {
        let content = self.content * KINDS + self.head.stamp.revision % KINDS;
        self.published.push(Edition {
            head: self.head,
            content,
            document: OnceCell::new(),
        });
    }

    pub(crate) const fn stamp(&self) -> Stamp {
        self.head.stamp
    }

    pub(crate) fn current(&self) -> &Rc<Document> {
        self.published[self.published.len() - 1].document()
    }

    /// Whether it is behind what another daemon of its registry has published.
    pub(crate) fn is_behind(&self, other: &Self) -> bool {
        self.stamp().is_older_than(&other.stamp())
    }

    pub(crate) fn oldest(&self) -> &Rc<Document> {
        self.published[0].document()
    }

    /// Something that it has published at some time.
    pub(crate) fn some(&self, rng: &mut Rng) -> &Rc<Document> {
        self.published[index(rng, self.published.len())].document()
    }

    pub(crate) fn revise(&mut self) {
        self.head.stamp.revision += 1;
        self.publish();
    }

    pub(crate) fn restart(&mut self) {
        self.head.stamp.boot += 1;
        self.head.stamp.revision = 0;
        self.publish();
    }
}
