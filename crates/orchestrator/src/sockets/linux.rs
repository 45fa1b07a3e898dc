//! Linux: socket diagnostics (sock_diag(7)) for the sockets, `/proc` for the processes.
//!
//! The kernel answers with the listening sockets alone. `/proc/net/tcp` would list every connection too, and the
//! daemon itself keeps one per service.

use super::sock_diag::{Family, Reply, read, request};
use super::{Listening, Process};
use procfs::process::{FDTarget, all_processes};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};
use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;

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

    /// The TCP sockets on which processes of this user listen.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn listening(&mut self) -> io::Result<Vec<Listening>> {
        let mut found = Vec::new();
        for family in [Family::V4, Family::V6] {
            send(&self.socket, &request(family), SendFlags::empty())?;
            loop {
                let (length, _) = recv(&self.socket, &mut *self.buffer, RecvFlags::empty())?;
                let reply = read(
                    self.buffer.get(..length).unwrap_or_default(),
                    self.user,
                    &mut found,
                )?;
                if found.len() > MAX_SOCKETS {
                    return Err(io::Error::other(
                        "more listening sockets than can be followed",
                    ));
                }
                if reply == Reply::Complete {
                    break;
                }
            }
        }
        Ok(found)
    }
}

/// The processes of this user that hold the given sockets. A socket that only this daemon, the machine's init or a
/// socket activator holds has none.
pub(crate) fn owners(inodes: &[u64]) -> HashMap<u64, Process> {
    let user = rustix::process::geteuid().as_raw();
    let own = std::process::id();
    let mut owners = HashMap::new();
    for process in all_processes().into_iter().flatten().flatten() {
        let Ok(pid) = u32::try_from(process.pid()) else {
            continue;
        };
        if pid == own || pid == INIT || process.uid().ok() != Some(user) {
            continue;
        }
        let held: Vec<u64> = process
            .fd()
            .into_iter()
            .flatten()
            .filter_map(|descriptor| match descriptor.ok()?.target {
                FDTarget::Socket(inode) if inodes.contains(&inode) => Some(inode),
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
        let owner = Process {
            started: stat.starttime,
            pid,
            name: stat.comm,
        };
        for inode in held {
            let first = owners.entry(inode).or_insert_with(|| owner.clone());
            if owner < *first {
                *first = owner.clone();
            }
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_kernel_lists_this_users_listening_sockets() {
        let open = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = open.local_addr().unwrap();
        let mut kernel = Kernel::open().unwrap();
        let is_listed = |kernel: &mut Kernel| {
            kernel
                .listening()
                .unwrap()
                .iter()
                .any(|socket| socket.address == address)
        };
        assert!(is_listed(&mut kernel));
        drop(open);
        assert!(!is_listed(&mut kernel));
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
        let sockets = Kernel::open().unwrap().listening().unwrap();
        let inode = sockets
            .iter()
            .find(|socket| socket.address.port() == port)
            .unwrap()
            .inode;
        let owners = owners(&[inode]);
        let (killed, waited) = (child.kill(), child.wait());
        assert!(killed.is_ok() && waited.is_ok());
        let owner = &owners[&inode];
        assert_eq!((owner.pid, owner.name.as_str()), (child.id(), "sleep"));
    }
}
