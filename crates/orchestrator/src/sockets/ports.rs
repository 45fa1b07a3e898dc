//! Which ports may be asked what they are.
//!
//! Some servers act on whatever they are sent: a printer prints it, a database logs an attack, a mail server counts
//! strikes. The ports where such servers live by convention (IANA's registry, and the defaults of the programs named
//! here) are never asked.

use crate::settings::{Ports, SocketSettings};

/// Ports of servers that do not speak HTTP, in order.
const NEVER: [u16; 47] = [
    21,     // FTP
    22,     // SSH
    23,     // Telnet
    25,     // SMTP
    53,     // DNS
    110,    // POP3
    111,    // rpcbind
    135,    // DCE RPC
    139,    // NetBIOS
    143,    // IMAP
    389,    // LDAP
    445,    // SMB
    465,    // SMTP over TLS
    515,    // line printer daemon
    587,    // mail submission
    631,    // IPP: HTTP, but spoken by printers
    636,    // LDAP over TLS
    993,    // IMAP over TLS
    995,    // POP3 over TLS
    1_433,  // Microsoft SQL Server
    1_521,  // Oracle
    1_883,  // MQTT
    2_049,  // NFS
    2_181,  // ZooKeeper
    3_306,  // MySQL
    3_389,  // RDP
    4_369,  // Erlang port mapper
    5_037,  // Android debug bridge
    5_432,  // PostgreSQL
    5_671,  // AMQP over TLS
    5_672,  // AMQP
    5_900,  // VNC
    5_901,  // VNC
    6_000,  // X11
    6_379,  // Redis
    6_380,  // Redis
    6_432,  // PgBouncer
    8_883,  // MQTT over TLS
    9_042,  // Cassandra
    9_092,  // Kafka
    9_100,  // raw printing
    11_211, // memcached
    25_672, // RabbitMQ between nodes
    26_379, // Redis Sentinel
    27_017, // MongoDB
    27_018, // MongoDB
    33_060, // MySQL X
];

/// The ports that may be asked.
#[derive(Debug, Clone)]
pub(crate) struct PortFilter {
    enabled: bool,
    only: Vec<Ports>,
    never: Vec<Ports>,
}

impl PortFilter {
    /// The filter of these settings.
    pub(crate) fn new(settings: &SocketSettings) -> Self {
        Self {
            enabled: settings.enabled,
            only: settings.only_ports.clone(),
            never: settings.never_ports.clone(),
        }
    }

    /// Whether what listens on `port` may be asked what it is. A port that the settings name outright may, whatever
    /// its convention.
    pub(crate) fn allows(&self, port: u16) -> bool {
        let named = |list: &[Ports]| list.iter().any(|ports| ports.contains(port));
        self.enabled
            && !named(&self.never)
            && if self.only.is_empty() {
                NEVER.binary_search(&port).is_err()
            } else {
                named(&self.only)
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(settings: &str) -> PortFilter {
        PortFilter::new(&toml::from_str(settings).unwrap())
    }

    #[test]
    fn known_servers_of_other_protocols_are_left_alone() {
        assert!(NEVER.is_sorted());
        let filter = filter("");
        for port in [22, 515, 631, 5_432, 9_100, 27_017] {
            assert!(!filter.allows(port), "{port}");
        }
        assert!(filter.allows(8_000));
    }

    #[test]
    fn the_settings_narrow_the_ports_and_never_means_never() {
        let filter = filter(
            r#"only_ports = ["8000-8999", 9100]
never_ports = [8080]"#,
        );
        assert!(filter.allows(8_000) && filter.allows(9_100));
        assert!(!filter.allows(8_080) && !filter.allows(3_000));
    }
}
