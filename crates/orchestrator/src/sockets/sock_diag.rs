//! The messages of Linux socket diagnostics: `linux/netlink.h`, `linux/sock_diag.h`, `linux/inet_diag.h`.
//!
//! Written out here, since a look at the sockets is the daemon's most frequent work when nothing happens, and four of
//! some twenty fields are wanted. Every read is checked against the length of the bytes.

use super::{Host, Listening};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

// linux/netlink.h
const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_DUMP: u16 = 0x300;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
/// The length of a message's header: length, type, flags, sequence, port.
const HEADER: usize = 16;
// linux/inet_diag.h
/// Asks for the TCP sockets of both families at once. The newer `SOCK_DIAG_BY_FAMILY` would take a request for each;
/// `ss` of iproute2 asks in this way too.
const TCPDIAG_GETSOCK: u16 = 18;
const INET_DIAG_SKV6ONLY: u16 = 11;
/// The length of `struct inet_diag_req`.
const REQUEST: usize = 60;
/// Where its set of states begins.
const STATES: usize = 52;
/// The length of `struct inet_diag_msg`.
const MESSAGE: usize = 72;

const AF_INET: u8 = 2;
/// The set of the one TCP state that is asked for.
const LISTEN: u32 = 1 << 10;

/// Whether there is more to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    More,
    Complete,
}

/// The request for all listening TCP sockets.
pub(super) fn request() -> [u8; HEADER + REQUEST] {
    let mut bytes = [0; HEADER + REQUEST];
    let length = (HEADER + REQUEST) as u32;
    bytes[0..4].copy_from_slice(&length.to_ne_bytes());
    bytes[4..6].copy_from_slice(&TCPDIAG_GETSOCK.to_ne_bytes());
    bytes[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    bytes[HEADER + STATES..HEADER + STATES + 4].copy_from_slice(&LISTEN.to_ne_bytes());
    bytes
}

/// Adds the sockets of `user` that a datagram of the kernel tells of, if they are reached over loopback.
pub(super) fn read(mut bytes: &[u8], user: u32, found: &mut Vec<Listening>) -> io::Result<Reply> {
    while let Some(length) = u32_at(bytes, 0) {
        let length = length as usize;
        let message = bytes.get(HEADER..length).ok_or_else(garbled)?;
        match u16_at(bytes, 4).ok_or_else(garbled)? {
            NLMSG_DONE => return Ok(Reply::Complete),
            NLMSG_ERROR => {
                let code = u32_at(message, 0).ok_or_else(garbled)?.cast_signed();
                return Err(io::Error::from_raw_os_error(code.saturating_neg()));
            }
            TCPDIAG_GETSOCK => {
                let (uid, listening) = socket(message).ok_or_else(garbled)?;
                // Without an inode it is held by no process any more.
                found.extend(listening.filter(|it| uid == user && it.inode != 0));
            }
            _ => {}
        }
        // Messages are padded to four bytes.
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(Reply::More)
}

/// The user and the socket of a `struct inet_diag_msg` with its attributes.
fn socket(message: &[u8]) -> Option<(u32, Option<Listening>)> {
    let port = u16::from_be_bytes(array_at(message, 4)?);
    let ip = match *message.first()? {
        AF_INET => IpAddr::V4(Ipv4Addr::from(array_at::<4>(message, 8)?)),
        _ => IpAddr::V6(Ipv6Addr::from(array_at::<16>(message, 8)?)),
    };
    let (user, inode) = (u32_at(message, 64)?, u32_at(message, 68)?);
    let mut attributes = message.get(MESSAGE..)?;
    let mut v6_only = false;
    while let (Some(length), Some(kind)) = (u16_at(attributes, 0), u16_at(attributes, 2)) {
        if kind == INET_DIAG_SKV6ONLY {
            v6_only = attributes.get(4).is_some_and(|value| *value != 0);
        }
        // An attribute is at least its own header.
        attributes = attributes
            .get(usize::from(length.max(4)).next_multiple_of(4)..)
            .unwrap_or_default();
    }
    let listening = Host::of(ip, v6_only).map(|host| Listening { port, host, inode });
    Some((user, listening))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_ne_bytes)
}

fn garbled() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the kernel's answer is not of the expected shape",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const AF_INET6: u8 = 10;

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = (HEADER + body.len()) as u32;
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn diag(family: u8, address: &[u8], port: u16, user: u32, inode: u32) -> Vec<u8> {
        let mut body = vec![0; MESSAGE];
        body[0] = family;
        body[4..6].copy_from_slice(&port.to_be_bytes());
        body[8..8 + address.len()].copy_from_slice(address);
        body[64..68].copy_from_slice(&user.to_ne_bytes());
        body[68..72].copy_from_slice(&inode.to_ne_bytes());
        // An attribute of one byte, padded, and the one that is looked for.
        body.extend([5_u16.to_ne_bytes(), 8_u16.to_ne_bytes(), [9, 0], [0, 0]].concat());
        body.extend(5_u16.to_ne_bytes());
        body.extend(INET_DIAG_SKV6ONLY.to_ne_bytes());
        body.push(1);
        message(TCPDIAG_GETSOCK, &body)
    }

    fn sockets(bytes: &[u8]) -> (io::Result<Reply>, Vec<String>) {
        let mut found = Vec::new();
        let reply = read(bytes, 1_000, &mut found);
        (
            reply,
            found
                .iter()
                .map(|it| format!("{}:{} {}", it.host.as_str(), it.port, it.inode))
                .collect(),
        )
    }

    #[test]
    fn the_sockets_of_one_user_are_read() {
        let mut bytes = diag(AF_INET, &[127, 0, 0, 1], 8_000, 1_000, 7);
        bytes.extend(diag(AF_INET6, &[0; 16], 9_000, 1_000, 8));
        bytes.extend(diag(AF_INET, &[192, 168, 0, 1], 9_000, 1_000, 6));
        bytes.extend(diag(AF_INET, &[0; 4], 22, 0, 9));
        bytes.extend(diag(AF_INET, &[0; 4], 23, 1_000, 0));
        let (reply, found) = sockets(&bytes);
        assert_eq!(reply.unwrap(), Reply::More);
        assert_eq!(found, ["127.0.0.1:8000 7", "[::1]:9000 8"]);
        bytes.extend(message(NLMSG_DONE, &[0; 4]));
        assert_eq!(sockets(&bytes).0.unwrap(), Reply::Complete);
    }

    #[test]
    fn the_kernels_refusal_is_an_error_with_its_number() {
        let refused = message(NLMSG_ERROR, &(-13_i32).to_ne_bytes());
        assert_eq!(sockets(&refused).0.unwrap_err().raw_os_error(), Some(13));
    }

    #[test]
    fn what_is_cut_off_anywhere_is_an_error_or_nothing() {
        let whole = diag(AF_INET6, &[0; 16], 9_000, 1_000, 8);
        for end in 0..HEADER + MESSAGE {
            let (_, found) = sockets(&whole[..end]);
            assert_eq!(found, [""; 0], "cut at {end}");
        }
        let endless = message(TCPDIAG_GETSOCK, &[0; 8]);
        assert!(sockets(&endless).0.is_err());
        assert!(sockets(&[0; 64]).0.is_err());
    }
}
