//! Linux: socket diagnostics (sock_diag(7)) for the sockets, `/proc` for the processes.
//!
//! The kernel answers with the listening sockets alone. `/proc/net/tcp` would list every connection too, and the
//! daemon itself keeps one per service.

use super::sock_diag::{Reply, read, request};
use super::{Listening, Process};
use procfs::process::{FDTarget, all_processes};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};
use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;

/// What the kernel writes at a time.
const BUFFER: usize = 32 * 1_024;
/// More sockets than this are not one user's services.
const MAX_SOCKETS: usize = 65_536;
/// A process that listens in place of services that it will start: to ask would be to start them.
const ACTIVATOR: &str = "systemd";
/// The first process of a machine or container keeps it alive; it is nobody's service to be asked.
const INIT: u32 = 1;

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

/// The processes of this user that hold the given sockets. A socket that only this daemon, the machine's init or a
/// socket activator holds has none. `inodes` are in order.
pub(crate) fn owners(inodes: &[u32]) -> HashMap<u32, Rc<Process>> {
    let user = rustix::process::geteuid().as_raw();
    let own = std::process::id();
    let mut owners: HashMap<u32, Rc<Process>> = HashMap::new();
    for process in all_processes().into_iter().flatten().flatten() {
        let Ok(pid) = u32::try_from(process.pid()) else {
            continue;
        };
        if pid == own || pid == INIT || process.uid().ok() != Some(user) {
            continue;
        }
        let held: Vec<u32> = process
            .fd()
            .into_iter()
            .flatten()
            .filter_map(|descriptor| match descriptor.ok()?.target {
                FDTarget::Socket(inode) => u32::try_from(inode)
                    .ok()
                    .filter(|inode| inodes.binary_search(inode).is_ok()),
                _ => None,
            })
            .collect();
        if held.is_empty() {
            continue;
        }
        // A process can end between two lines.
        let Ok(stat) = process.stat() else { continue };
        if stat.comm == ACTIVATOR {
            continue;
        }
        let owner = Rc::new(Process {
            started: stat.starttime,
            pid,
            name: stat.comm.into(),
        });
        for inode in held {
            let first = owners.entry(inode).or_insert_with(|| Rc::clone(&owner));
            if owner < *first {
                *first = Rc::clone(&owner);
            }
        }
    }
    owners
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
        let owners = owners(&[inode]);
        let (killed, waited) = (child.kill(), child.wait());
        assert!(killed.is_ok() && waited.is_ok());
        let owner = &owners[&inode];
        assert_eq!((owner.pid, &*owner.name), (child.id(), "sleep"));
    }
}
