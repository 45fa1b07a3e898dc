//! Linux: socket diagnostics over netlink (sock_diag(7)), and `/proc` for the processes.
//!
//! The kernel answers with the listening sockets alone. `/proc/net/tcp` would list every connection too, and the
//! daemon itself keeps one per service.

use super::{Listening, Process};
use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{
    ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags,
};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use procfs::process::{FDTarget, all_processes};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

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
    socket: netlink_sys::Socket,
    user: u32,
    buffer: Vec<u8>,
}

impl Kernel {
    /// Opens the line.
    ///
    /// # Errors
    /// Where the kernel has no socket diagnostics or forbids them.
    pub(crate) fn open() -> io::Result<Self> {
        let mut socket = netlink_sys::Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&netlink_sys::SocketAddr::new(0, 0))?;
        // An answer is complete when the request returns; waiting for more would be waiting for ever.
        socket.set_non_blocking(true)?;
        Ok(Self {
            socket,
            user: rustix::process::geteuid().as_raw(),
            buffer: Vec::with_capacity(BUFFER),
        })
    }

    /// The TCP sockets on which processes of this user listen.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn listening(&mut self) -> io::Result<Vec<Listening>> {
        let mut found = Vec::new();
        for (family, id) in [
            (AF_INET, SocketId::new_v4()),
            (AF_INET6, SocketId::new_v6()),
        ] {
            self.request(family, id)?;
            while self.receive(&mut found)? {}
        }
        Ok(found)
    }

    fn request(&self, family: u8, socket_id: SocketId) -> io::Result<()> {
        let request = InetRequest {
            family,
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::empty(),
            states: StateFlags::LISTEN,
            socket_id,
        };
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        Ok(())
    }

    /// Reads one datagram; false after the last one.
    fn receive(&mut self, found: &mut Vec<Listening>) -> io::Result<bool> {
        self.buffer.clear();
        self.socket.recv(&mut self.buffer, 0)?;
        let mut rest = self.buffer.as_slice();
        while !rest.is_empty() {
            let message =
                NetlinkMessage::<SockDiagMessage>::deserialize(rest).map_err(io::Error::other)?;
            match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => {
                    found.extend(listening(&response).filter(|_| response.header.uid == self.user));
                }
                NetlinkPayload::Done(_) => return Ok(false),
                NetlinkPayload::Error(error) => return Err(error.to_io()),
                _ => {}
            }
            if found.len() > MAX_SOCKETS {
                return Err(io::Error::other(
                    "more listening sockets than can be followed",
                ));
            }
            // Messages are padded to four bytes.
            let length = (message.header.length as usize).next_multiple_of(4).max(1);
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(true)
    }
}

fn listening(response: &InetResponse) -> Option<Listening> {
    let id = &response.header.socket_id;
    let v6_only = response
        .nlas
        .iter()
        .any(|attribute| matches!(attribute, Nla::SkV6Only(true)));
    let address = SocketAddr::new(id.source_address, id.source_port);
    (response.header.inode != 0).then(|| Listening {
        address,
        v6_only,
        inode: response.header.inode.into(),
    })
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
