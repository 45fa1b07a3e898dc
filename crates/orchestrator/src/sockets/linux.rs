//! Linux: socket diagnostics (sock_diag(7)) for the sockets, `/proc` for the processes.
//!
//! The kernel answers with the listening sockets alone. `/proc/net/tcp` would list every connection too, and the
//! daemon itself keeps one per service.

use super::sock_diag::{Reply, read, request};
use super::{Listening, Process};
use procfs::process::{ProcessesIter, all_processes};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};
use std::collections::HashMap;
use std::fs::{self, ReadDir};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::rc::Rc;

/// What the kernel writes at a time.
const BUFFER: usize = 32 * 1_024;
/// More sockets than this are not one user's services.
const MAX_SOCKETS: usize = 65_536;
/// A process that listens in place of services that it will start: to ask would be to start them.
const ACTIVATOR: &str = "systemd";
/// The first process of a machine or container keeps it alive; it is nobody's service to be asked.
const INIT: u32 = 1;

/// Descriptors that are looked at in a piece.
const PIECE: usize = 512;
/// What a process takes besides its descriptors, as so many of them.
const PROCESS: usize = 16;

/// A line to the kernel.
pub(crate) struct Kernel {
    socket: OwnedFd,
    user: u32,
    buffer: Box<[u8]>,
}

impl Kernel {
    /// Opens the line.
    ///
    /// # Errors
    /// Where the kernel has no socket diagnostics or forbids them.
    pub(crate) fn open() -> io::Result<Self> {
        // An answer is complete when the request returns; waiting for more would be waiting for ever.
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            flags,
            Some(netlink::SOCK_DIAG),
        )?;
        let user = rustix::process::geteuid().as_raw();
        Ok(Self {
            socket,
            user,
            buffer: vec![0; BUFFER].into(),
        })
    }

    /// Puts the TCP sockets on which processes of this user listen into `found`.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn listening(&mut self, found: &mut Vec<Listening>) -> io::Result<()> {
        found.clear();
        send(&self.socket, &request(), SendFlags::empty())?;
        loop {
            let (length, _) = recv(&self.socket, &mut *self.buffer, RecvFlags::empty())?;
            let bytes = self.buffer.get(..length).unwrap_or_default();
            let reply = read(bytes, self.user, found)?;
            if found.len() > MAX_SOCKETS {
                return Err(io::Error::other(
                    "more listening sockets than can be followed",
                ));
            }
            if reply == Reply::Complete {
                return Ok(());
            }
        }
    }
}

/// Looks for the processes of this user that hold sockets, in pieces: to go through all descriptors of all processes takes
/// long where there are many. A socket that only this daemon, the machine's init or a socket activator holds has none.
pub(crate) struct Search {
    /// In order.
    inodes: Vec<u32>,
    user: u32,
    processes: Option<ProcessesIter>,
    current: Option<Holder>,
    found: HashMap<u32, Rc<Process>>,
}

/// A process whose descriptors are gone through.
struct Holder {
    process: procfs::process::Process,
    descriptors: ReadDir,
    held: Vec<u32>,
}

impl Search {
    /// Looks for the holders of these.
    pub(crate) fn new(mut inodes: Vec<u32>) -> Self {
        inodes.sort_unstable();
        Self {
            processes: all_processes().ok().filter(|_| !inodes.is_empty()),
            inodes,
            user: rustix::process::geteuid().as_raw(),
            current: None,
            found: HashMap::new(),
        }
    }

    /// Looks at some more of them, which takes about a millisecond. True when there are no more.
    pub(crate) fn is_over_after_a_piece(&mut self) -> bool {
        let mut left = PIECE;
        while let Some(rest) = left.checked_sub(self.step()) {
            if self.processes.is_none() {
                return true;
            }
            left = rest;
        }
        false
    }

    /// What was found.
    pub(crate) fn found(self) -> HashMap<u32, Rc<Process>> {
        self.found
    }

    /// Looks at one descriptor or one process, and says what that is of a piece.
    fn step(&mut self) -> usize {
        if let Some(holder) = &mut self.current {
            match holder.descriptors.next() {
                Some(descriptor) => {
                    let inode = descriptor.ok().and_then(|it| socket_at(&it.path()));
                    let wanted = inode.filter(|it| self.inodes.binary_search(it).is_ok());
                    holder.held.extend(wanted);
                }
                None => {
                    if let Some(holder) = self.current.take() {
                        self.take_in(holder);
                    }
                }
            }
            return 1;
        }
        match self.processes.as_mut().and_then(Iterator::next) {
            Some(process) => self.current = process.ok().and_then(|it| self.holder(it)),
            None => self.processes = None,
        }
        PROCESS
    }

    /// A process whose descriptors may be looked at.
    fn holder(&self, process: procfs::process::Process) -> Option<Holder> {
        let pid = u32::try_from(process.pid()).ok()?;
        let is_other = pid == std::process::id() || pid == INIT;
        if is_other || process.uid().ok()? != self.user {
            return None;
        }
        Some(Holder {
            descriptors: fs::read_dir(format!("/proc/{pid}/fd")).ok()?,
            process,
            held: Vec::new(),
        })
    }

    fn take_in(&mut self, holder: Holder) {
        if holder.held.is_empty() {
            return;
        }
        // A process can end between two lines.
        let Ok(stat) = holder.process.stat() else {
            return;
        };
        let Ok(pid) = u32::try_from(holder.process.pid()) else {
            return;
        };
        if stat.comm == ACTIVATOR {
            return;
        }
        let owner = Rc::new(Process {
            started: stat.starttime,
            pid,
            name: stat.comm.into(),
        });
        for inode in holder.held {
            let first = self.found.entry(inode).or_insert_with(|| Rc::clone(&owner));
            if owner < *first {
                *first = Rc::clone(&owner);
            }
        }
    }
}

/// The processes of this user that hold the given sockets, all at once.
pub(crate) fn owners(inodes: Vec<u32>) -> HashMap<u32, Rc<Process>> {
    let mut search = Search::new(inodes);
    while !search.is_over_after_a_piece() {}
    search.found()
}

/// The inode of the socket that a descriptor is, if it is one: `socket:[123]`.
fn socket_at(descriptor: &Path) -> Option<u32> {
    let target = fs::read_link(descriptor).ok()?;
    let inode = target.to_str()?.strip_prefix("socket:[")?;
    inode.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Host;
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_kernel_lists_this_users_listening_sockets() {
        let open = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = open.local_addr().unwrap().port();
        let mut kernel = Kernel::open().unwrap();
        let mut sockets = Vec::new();
        let mut is_listed = |kernel: &mut Kernel| {
            kernel.listening(&mut sockets).unwrap();
            sockets
                .iter()
                .any(|it| (it.port, it.host) == (port, Host::V4))
        };
        assert!(is_listed(&mut kernel));
        drop(open);
        assert!(!is_listed(&mut kernel));
    }

    #[test]
    fn a_socket_that_listens_on_both_families_is_told_once() {
        let open = TcpListener::bind("[::]:0").unwrap();
        let port = open.local_addr().unwrap().port();
        let mut sockets = Vec::new();
        Kernel::open().unwrap().listening(&mut sockets).unwrap();
        let hosts: Vec<_> = sockets
            .iter()
            .filter(|it| it.port == port)
            .map(|it| it.host)
            .collect();
        assert_eq!(hosts, [Host::Either]);
    }

    #[test]
    fn a_socket_leads_to_the_process_that_holds_it_and_not_to_this_one() {
        let own = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            // The child takes the listening socket over as its standard input.
            .stdin(std::os::fd::OwnedFd::from(own.try_clone().unwrap()))
            .spawn()
            .unwrap();
        let port = own.local_addr().unwrap().port();
        let mut sockets = Vec::new();
        Kernel::open().unwrap().listening(&mut sockets).unwrap();
        let inode = sockets
            .iter()
            .find(|socket| socket.port == port)
            .unwrap()
            .inode;
        let owners = owners(vec![inode]);
        let (killed, waited) = (child.kill(), child.wait());
        assert!(killed.is_ok() && waited.is_ok());
        let owner = &owners[&inode];
        assert_eq!((owner.pid, &*owner.name), (child.id(), "sleep"));
    }
}
