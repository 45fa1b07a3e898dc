//! What changed between two looks at the listening sockets.
//!
//! Only new sockets are mapped to processes, which is the expensive part; a look at an unchanged machine compares two
//! lists and ends.

use super::{Host, Listening, Place, PortFilter, Process};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Follows the sockets of one user.
#[derive(Debug)]
pub(crate) struct Tracker {
    filter: PortFilter,
    /// The last look, in order.
    seen: Vec<Listening>,
    /// The processes of the sockets of the last look, in the order of their inodes.
    owners: Vec<(u32, Rc<Process>)>,
}

/// What a look has shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Places where somebody began to listen.
    pub(crate) appeared: Vec<Place>,
    /// Places where nobody listens any more.
    pub(crate) gone: Vec<Place>,
}

impl Tracker {
    /// A tracker that has seen nothing.
    pub(crate) const fn new(filter: PortFilter) -> Self {
        Self {
            filter,
            seen: Vec::new(),
            owners: Vec::new(),
        }
    }

    /// Looks at other ports from now on. What is no longer looked at is not told as gone.
    pub(crate) fn refilter(&mut self, filter: PortFilter) {
        self.seen.retain(|socket| filter.allows(socket.port));
        self.filter = filter;
    }

    /// Takes a look at `listening`: the inodes whose processes are to be looked for before [`Self::take`] has the rest; `None` when nothing
    /// has changed.
    pub(crate) fn look(&self, listening: &mut Vec<Listening>) -> Option<Vec<u32>> {
        listening.retain(|socket| self.filter.allows(socket.port));
        listening.sort_unstable();
        if *listening == self.seen {
            return None;
        }
        let inodes = listening.iter().map(|socket| socket.inode);
        Some(inodes.filter(|it| self.owner(*it).is_none()).collect())
    }

    /// Takes in what a look has shown, with the processes of those that were not known; the room of `listening` is used for the next look.
    pub(crate) fn take(
        &mut self,
        listening: &mut Vec<Listening>,
        owners: HashMap<u32, Rc<Process>>,
    ) -> Changes {
        // Other ports may be looked at since.
        listening.retain(|socket| self.filter.allows(socket.port));
        let before = self.places();
        std::mem::swap(&mut self.seen, listening);
        let mut inodes: Vec<u32> = self.seen.iter().map(|socket| socket.inode).collect();
        inodes.sort_unstable();
        let is_there = |inode: &u32| inodes.binary_search(inode).is_ok();
        self.owners.retain(|(inode, _)| is_there(inode));
        let new = owners.into_iter().filter(|(inode, _)| is_there(inode));
        self.owners.extend(new);
        self.owners.sort_unstable();
        self.owners.shrink_to_fit();
        let places = self.places();
        Changes {
            appeared: missing_from(&before, &places),
            gone: missing_from(&places, &before),
        }
    }

    fn owner(&self, inode: u32) -> Option<&Rc<Process>> {
        let at = self
            .owners
            .binary_search_by_key(&inode, |(inode, _)| *inode);
        self.owners.get(at.ok()?).map(|(_, process)| process)
    }

    /// Whether somebody still listened at a place at the last look.
    pub(crate) fn has(&self, place: &Place) -> bool {
        self.best(place.port).get(&place.process) == Some(&place.host)
    }

    /// Who listened on a port at the last look.
    pub(crate) fn at(&self, port: u16) -> Vec<Place> {
        places_at(port, self.best(port)).collect()
    }

    /// Bytes that are kept.
    pub(crate) fn kept(&self) -> usize {
        self.seen.capacity() * size_of::<Listening>()
            + self.owners.capacity() * size_of::<(u32, Rc<Process>)>()
    }

    /// One place for each process and port, at its best address, in order.
    fn places(&self) -> Vec<Place> {
        let ports = self.seen.chunk_by(|one, other| one.port == other.port);
        let mut places: Vec<Place> = ports
            .filter_map(|sockets| Some(sockets.first()?.port))
            .flat_map(|port| places_at(port, self.best(port)))
            .collect();
        places.sort_unstable();
        places
    }

    /// The processes that listen on a port, each with its best address. A socket without a visible process is left alone: it may belong to
    /// something that is not this user's to ask.
    fn best(&self, port: u16) -> BTreeMap<&Rc<Process>, Host> {
        let first = self.seen.partition_point(|socket| socket.port < port);
        let sockets = self.seen[first..].iter();
        let mut best = BTreeMap::new();
        for socket in sockets.take_while(|socket| socket.port == port) {
            if let Some(process) = self.owner(socket.inode) {
                let host = best.entry(process).or_insert(socket.host);
                *host = socket.host.min(*host);
            }
        }
        best
    }
}

fn places_at(port: u16, best: BTreeMap<&Rc<Process>, Host>) -> impl Iterator<Item = Place> {
    let place = move |(process, host): (&Rc<Process>, Host)| Place {
        process: Rc::clone(process),
        port,
        host,
    };
    best.into_iter().map(place)
}

/// The places of `these` that are not among `others`; both are in order.
fn missing_from(others: &[Place], these: &[Place]) -> Vec<Place> {
    let is_missing = |place: &&Place| others.binary_search(place).is_err();
    these.iter().filter(is_missing).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracker() -> Tracker {
        Tracker::new(PortFilter::new(&toml::from_str("").unwrap()))
    }

    /// A whole look. `owners` is called only when there are inodes that are not known.
    fn look(
        tracker: &mut Tracker,
        mut listening: Vec<Listening>,
        owners: impl FnOnce(&[u32]) -> HashMap<u32, Rc<Process>>,
    ) -> Changes {
        let Some(mut new) = tracker.look(&mut listening) else {
            return Changes::default();
        };
        new.sort_unstable();
        let owners = if new.is_empty() {
            HashMap::new()
        } else {
            owners(&new)
        };
        tracker.take(&mut listening, owners)
    }

    fn socket(ip: &str, port: u16, inode: u32) -> Listening {
        let host = Host::of(ip.parse().unwrap(), false).unwrap();
        Listening { port, host, inode }
    }

    fn process(pid: u32) -> Rc<Process> {
        Rc::new(Process {
            started: u64::from(pid),
            pid,
            name: format!("p{pid}").into(),
        })
    }

    /// Inode 12 belongs to process 1, inode 20 to process 2, and so on.
    fn by_tens(inodes: &[u32]) -> HashMap<u32, Rc<Process>> {
        assert!(inodes.is_sorted());
        inodes
            .iter()
            .map(|inode| (*inode, process(inode / 10)))
            .collect()
    }

    fn show(places: &[Place]) -> Vec<String> {
        places
            .iter()
            .map(|place| {
                format!(
                    "{} {}:{}",
                    place.process.name,
                    place.host.as_str(),
                    place.port
                )
            })
            .collect()
    }

    #[test]
    fn one_process_on_two_addresses_of_a_port_is_one_place() {
        let changes = look(
            &mut tracker(),
            vec![socket("::", 8_000, 11), socket("0.0.0.0", 8_000, 10)],
            by_tens,
        );
        assert_eq!(show(&changes.appeared), ["p1 127.0.0.1:8000"]);
    }

    #[test]
    fn two_processes_on_one_port_are_two_places() {
        let changes = look(
            &mut tracker(),
            vec![socket("127.0.0.1", 8_000, 10), socket("::1", 8_000, 20)],
            by_tens,
        );
        assert_eq!(
            show(&changes.appeared),
            ["p1 127.0.0.1:8000", "p2 [::1]:8000"]
        );
    }

    #[test]
    fn only_what_changed_is_told_and_only_new_sockets_are_mapped() {
        let mut tracker = tracker();
        let (first, second) = (socket("0.0.0.0", 8_000, 10), socket("0.0.0.0", 8_001, 20));
        look(&mut tracker, vec![first], by_tens);
        let changes = look(&mut tracker, vec![second, first], |inodes| {
            assert_eq!(inodes, [20]);
            by_tens(inodes)
        });
        assert_eq!(
            (show(&changes.appeared), show(&changes.gone)),
            (vec!["p2 127.0.0.1:8001".to_owned()], vec![])
        );
        let changes = look(&mut tracker, vec![first, second], |_| {
            unreachable!("nothing is new")
        });
        assert_eq!(changes, Changes::default());
        let changes = look(&mut tracker, vec![second], |_| {
            unreachable!("nothing is new")
        });
        assert_eq!(show(&changes.gone), ["p1 127.0.0.1:8000"]);
    }

    #[test]
    fn a_port_that_passes_to_another_process_is_gone_and_appeared() {
        let mut tracker = tracker();
        look(&mut tracker, vec![socket("0.0.0.0", 8_000, 10)], by_tens);
        let changes = look(&mut tracker, vec![socket("0.0.0.0", 8_000, 20)], by_tens);
        assert_eq!(
            (show(&changes.gone), show(&changes.appeared)),
            (
                vec!["p1 127.0.0.1:8000".to_owned()],
                vec!["p2 127.0.0.1:8000".to_owned()]
            )
        );
    }

    #[test]
    fn what_has_no_process_or_no_business_here_is_no_place() {
        let sockets = vec![socket("0.0.0.0", 22, 10), socket("0.0.0.0", 8_000, 30)];
        assert_eq!(
            look(&mut tracker(), sockets, |_| HashMap::new()),
            Changes::default()
        );
    }
}
