//! The open streams of a page: what each daemon's changes become on their way.

use crate::document::Document;
use crate::json::Shared;
use crate::schedule::{Page, Serves, StreamFault, Weather};
use crate::serve;
use crate::world::{World, origin_of};
use landfall_protocol::resolver::{StreamEvent, StreamId};
use landfall_protocol::rng::Rng;
use std::rc::Rc;

/// What arrives on a stream.
#[derive(Debug, Clone)]
pub(crate) enum Arriving {
    Opened,
    Catalog(Rc<Document>),
    /// A catalog that will come again.
    Nagging(Rc<Document>),
    NotACatalog(Shared),
    Garbage,
    Failed,
}

impl Arriving {
    /// The catalog that arrives.
    pub(crate) const fn catalog(&self) -> Option<&Rc<Document>> {
        match self {
            Self::Catalog(document) | Self::Nagging(document) => Some(document),
            _ => None,
        }
    }

    pub(crate) fn event(&self) -> StreamEvent<Shared> {
        match self {
            Self::Opened => StreamEvent::Opened,
            Self::Catalog(document) | Self::Nagging(document) => {
                StreamEvent::Catalog(document.json.clone())
            }
            Self::NotACatalog(json) => StreamEvent::Catalog(json.clone()),
            Self::Garbage => StreamEvent::Garbage,
            Self::Failed => StreamEvent::Failed,
        }
    }
}

/// Something that arrives on a stream after so many milliseconds.
pub(crate) type Delayed = (StreamId, u64, Arriving);

#[derive(Debug)]
struct Open {
    id: StreamId,
    origin: usize,
    silent: bool,
    broken: bool,
}

/// The streams of one visit.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: Vec<Open>,
}

impl Streams {
    /// Opens a stream: it is opened and tells what is current, or it fails.
    pub(crate) fn open(
        &mut self,
        world: &World,
        weather: &Weather,
        id: StreamId,
        url: &str,
        rng: &mut Rng,
    ) -> Vec<Delayed> {
        let after = rng.between(weather.delay.0, weather.delay.1);
        let failed = vec![(id, after, Arriving::Failed)];
        let Some((origin, path)) = world.place(url) else {
            return failed;
        };
        let path = path.split('?').next().unwrap_or_default();
        let same_origin = world
            .page_origin()
            .is_none_or(|page| page == origin_of(world.setup.origins[origin].url));
        let readable = same_origin || world.readable[origin] || world.setup.page == Page::None;
        match world.serves[origin] {
            Serves::Hangs => Vec::new(),
            Serves::Daemon(daemon)
                if path.ends_with(serve::EVENTS)
                    && readable
                    && world.online
                    && rng.below(100) >= weather.failed =>
            {
                self.open.push(Open {
                    id,
                    origin,
                    silent: false,
                    broken: false,
                });
                let daemon = &world.daemons[daemon];
                let mut arriving = vec![(id, after, Arriving::Opened)];
                let stamp = daemon.stamp();
                let current = format!("{}:{}:{}", stamp.registry, stamp.boot, stamp.revision);
                let has_it = url.split_once("after=").is_some_and(|it| it.1 == current);
                if !has_it && rng.below(100) >= weather.lost {
                    let catalog = Arriving::Catalog(Rc::clone(daemon.current()));
                    arriving.push((id, after + 1, catalog));
                }
                arriving
            }
            _ => failed,
        }
    }

    pub(crate) fn close(&mut self, id: StreamId) {
        self.open.retain(|it| it.id != id);
    }

    pub(crate) fn is_open(&self, id: StreamId) -> bool {
        self.open.iter().any(|it| it.id == id && !it.broken)
    }

    /// A daemon has published: its streams tell, unless that is lost; sometimes twice, sometimes late.
    pub(crate) fn published(
        &self,
        world: &World,
        weather: &Weather,
        daemon: usize,
        rng: &mut Rng,
    ) -> Vec<Delayed> {
        let mut delayed = Vec::new();
        for it in &self.open {
            let tells =
                world.serves[it.origin] == Serves::Daemon(daemon) && !it.silent && !it.broken;
            if !tells || rng.below(100) < weather.lost {
                continue;
            }
            let catalog = Arriving::Catalog(Rc::clone(world.daemons[daemon].current()));
            let after = rng.between(weather.delay.0, weather.delay.1);
            if rng.below(100) < weather.duplicated {
                delayed.push((it.id, after + rng.between(0, 900), catalog.clone()));
            }
            delayed.push((it.id, after, catalog));
        }
        delayed
    }

    /// The streams whose origin no longer serves a daemon break; some without a word.
    pub(crate) fn check(
        &mut self,
        world: &World,
        weather: &Weather,
        rng: &mut Rng,
    ) -> Vec<Delayed> {
        let mut delayed = Vec::new();
        for it in self.open.iter_mut().filter(|it| !it.broken) {
            if world.online && matches!(world.serves[it.origin], Serves::Daemon(_)) {
                continue;
            }
            it.broken = true;
            if rng.below(4) > 0 {
                let after = rng.between(weather.delay.0, weather.delay.1);
                delayed.push((it.id, after, Arriving::Failed));
            }
        }
        delayed
    }

    /// Something goes wrong with all of them.
    pub(crate) fn suffer(
        &mut self,
        world: &World,
        fault: StreamFault,
        rng: &mut Rng,
    ) -> Vec<Delayed> {
        let mut delayed = Vec::new();
        for it in &mut self.open {
            let daemon = match world.serves[it.origin] {
                Serves::Daemon(daemon) => &world.daemons[daemon],
                _ => continue,
            };
            let arriving = match fault {
                StreamFault::Silence => {
                    it.silent = true;
                    continue;
                }
                StreamFault::Break => {
                    it.broken = true;
                    Arriving::Failed
                }
                StreamFault::Repeat => Arriving::Catalog(Rc::clone(daemon.current())),
                StreamFault::Stale => Arriving::Catalog(Rc::clone(daemon.some(rng))),
                StreamFault::Nag => Arriving::Nagging(Rc::clone(daemon.oldest())),
                StreamFault::Garbage => Arriving::Garbage,
                StreamFault::NotACatalog(kind) => Arriving::NotACatalog(serve::garbage(kind)),
            };
            delayed.push((it.id, rng.between(0, 50), arriving));
        }
        delayed
    }
}
