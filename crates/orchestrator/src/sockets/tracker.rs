//! What changed between two looks at the listening sockets.
//!
//! Only new sockets are mapped to processes, which is the expensive part; a look at an unchanged machine compares two
//! lists and ends.

use super::{Listening, Place, PortFilter, Process};
use std::collections::{BTreeMap, HashMap};

/// Follows the sockets of one user.
#[derive(Debug)]
pub(crate) struct Tracker {
    filter: PortFilter,
    /// The last look, sorted.
    seen: Vec<Listening>,
    owners: HashMap<u64, Process>,
    places: Vec<Place>,
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
    pub(crate) fn new(filter: PortFilter) -> Self {
        Self {
            filter,
            seen: Vec::new(),
            owners: HashMap::new(),
            places: Vec::new(),
        }
    }

    /// Takes a look. `owners` maps inodes to processes and is called only when there are new ones.
    pub(crate) fn look(
        &mut self,
        mut listening: Vec<Listening>,
        owners: impl FnOnce(&[u64]) -> HashMap<u64, Process>,
    ) -> Changes {
        listening.retain(|socket| {
            self.filter.allows(socket.address.port()) && socket.loopback_host().is_some()
        });
        listening.sort_unstable();
        if listening == self.seen {
            return Changes::default();
        }
        self.seen = listening;
        self.owners
            .retain(|inode, _| self.seen.iter().any(|socket| socket.inode == *inode));
        let unknown: Vec<u64> = self
            .seen
            .iter()
            .map(|socket| socket.inode)
            .filter(|inode| !self.owners.contains_key(inode))
            .collect();
        if !unknown.is_empty() {
            self.owners.extend(owners(&unknown));
        }
        let places = self.places_now();
        let absent_from = |list: &[Place], place: &&Place| !list.contains(place);
        let changes = Changes {
            appeared: places
                .iter()
                .filter(|place| absent_from(&self.places, place))
                .cloned()
                .collect(),
            gone: self
                .places
                .iter()
                .filter(|place| absent_from(&places, place))
                .cloned()
                .collect(),
        };
        self.places = places;
        changes
    }

    /// Whether somebody still listened at a place at the last look.
    pub(crate) fn has(&self, place: &Place) -> bool {
        self.places.contains(place)
    }

    /// Who listened on a port at the last look.
    pub(crate) fn at(&self, port: u16) -> Vec<Place> {
        let places = self.places.iter().filter(|place| place.port == port);
        places.cloned().collect()
    }

    /// One place for each process and port, at its best address. A socket without a visible process is left alone: it
    /// may belong to something that is not this user's to ask.
    fn places_now(&self) -> Vec<Place> {
        let mut best: BTreeMap<(&Process, u16), (u8, &'static str)> = BTreeMap::new();
        for socket in &self.seen {
            if let (Some(process), Some(host)) =
                (self.owners.get(&socket.inode), socket.loopback_host())
            {
                let place = best.entry((process, socket.address.port())).or_insert(host);
                *place = host.min(*place);
            }
        }
        let place = |((process, port), (_, host)): ((&Process, u16), _)| Place {
            process: process.clone(),
            port,
            host,
        };
        best.into_iter().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracker() -> Tracker {
        Tracker::new(PortFilter::new(&toml::from_str("").unwrap()))
    }

    fn socket(address: &str, inode: u64) -> Listening {
        Listening {
            address: address.parse().unwrap(),
            v6_only: false,
            inode,
        }
    }

    fn process(pid: u32) -> Process {
        Process {
            started: u64::from(pid),
            pid,
            name: format!("p{pid}"),
        }
    }

    /// Inode 12 belongs to process 1, inode 20 to process 2, and so on.
    fn by_tens(inodes: &[u64]) -> HashMap<u64, Process> {
        inodes
            .iter()
            .map(|inode| (*inode, process((inode / 10) as u32)))
            .collect()
    }

    fn show(places: &[Place]) -> Vec<String> {
        places
            .iter()
            .map(|place| format!("{} {}:{}", place.process.name, place.host, place.port))
            .collect()
    }

    #[test]
    fn one_process_on_two_addresses_of_a_port_is_one_place() {
        let changes = tracker().look(
            vec![socket("[::]:8000", 11), socket("0.0.0.0:8000", 10)],
            by_tens,
        );
        assert_eq!(show(&changes.appeared), ["p1 127.0.0.1:8000"]);
    }

    #[test]
    fn two_processes_on_one_port_are_two_places() {
        let changes = tracker().look(
            vec![socket("127.0.0.1:8000", 10), socket("[::1]:8000", 20)],
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
        let (first, second) = (socket("0.0.0.0:8000", 10), socket("0.0.0.0:8001", 20));
        tracker.look(vec![first], by_tens);
        let changes = tracker.look(vec![second, first], |inodes| {
            assert_eq!(inodes, [20]);
            by_tens(inodes)
        });
        assert_eq!(
            (show(&changes.appeared), show(&changes.gone)),
            (vec!["p2 127.0.0.1:8001".to_owned()], vec![])
        );
        let changes = tracker.look(vec![first, second], |_| unreachable!("nothing is new"));
        assert_eq!(changes, Changes::default());
        let changes = tracker.look(vec![second], |_| unreachable!("nothing is new"));
        assert_eq!(show(&changes.gone), ["p1 127.0.0.1:8000"]);
    }

    #[test]
    fn a_port_that_passes_to_another_process_is_gone_and_appeared() {
        let mut tracker = tracker();
        tracker.look(vec![socket("0.0.0.0:8000", 10)], by_tens);
        let changes = tracker.look(vec![socket("0.0.0.0:8000", 20)], by_tens);
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
        let sockets = vec![
            socket("0.0.0.0:22", 10),
            socket("192.168.1.2:8000", 20),
            socket("0.0.0.0:8000", 30),
        ];
        assert_eq!(
            tracker().look(sockets, |_| HashMap::new()),
            Changes::default()
        );
    }
}
