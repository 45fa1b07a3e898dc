//! The settings file: TOML, every key optional, unknown keys refused, errors with line and column.
//!
//! `landfall.example.toml` beside this crate shows every key; a test reads it. The keys are described in
//! `docs/orchestrator.md`.

/// Reads a value from text by its `FromStr`, so that an error carries the line and column where the value stands.
macro_rules! from_text {
    ($($name:ident),+) => {
        $(impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        })+
    };
}

mod addresses;
mod amounts;
mod endpoints;
mod names;
mod networks;
mod services;
mod statuses;
mod terms;

pub use addresses::{DEFAULT_PORT, HostName, Listen, Origin, Ports, RequestPath, ServiceUrl};
pub use amounts::{Count, Percent, Size, Span};
pub(crate) use endpoints::EndpointSettings;
pub use names::{NameValue, OWN_NAME, ServiceName};
pub use networks::{Network, Networks, Outside};
pub use services::ServiceSettings;
pub use statuses::Statuses;
pub(crate) use terms::InARow;
pub use terms::{CheckKind, CheckTerms};

use serde::Deserialize;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The largest settings file that is read, in bytes.
const MAX_FILE: u64 = 256 * 1_024;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the catalog calls itself; a page may expect it. `landfall` when absent.
    pub name: Option<NameValue>,
    /// The address to listen on.
    pub listen: Listen,
    /// Where the boot counter, the token and registrations are kept; `$XDG_STATE_HOME/landfall` when absent.
    pub state_dir: Option<PathBuf>,
    /// How long a catalog is current. Whole seconds are published.
    pub ttl: Span,
    /// How long a service that is gone stays in the catalog, as unhealthy.
    pub retention: Span,
    /// Names by which clients may call the daemon, besides those of loopback.
    pub allowed_hosts: Vec<HostName>,
    /// Origins whose pages may read the catalog, besides those on loopback.
    pub allowed_origins: Vec<Origin>,
    /// Passed through to pages as the catalog's `config`.
    pub config: serde_json::Map<String, serde_json::Value>,
    /// Finding services by their listening sockets.
    pub sockets: SocketSettings,
    /// Health checks.
    pub checks: CheckSettings,
    /// The daemon's own CPU and memory.
    pub budget: BudgetSettings,
    /// Services that are always in the catalog.
    pub services: Vec<ServiceSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: None,
            listen: Listen::default(),
            state_dir: None,
            ttl: Span(Duration::from_secs(30)),
            retention: Span(Duration::from_secs(300)),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            config: serde_json::Map::new(),
            sockets: SocketSettings::default(),
            checks: CheckSettings::default(),
            budget: BudgetSettings::default(),
            services: Vec::new(),
        }
    }
}

/// `[sockets]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SocketSettings {
    /// Whether services are found by the listening sockets of the daemon's user.
    pub enabled: bool,
    /// If not empty, only these ports are looked at.
    pub only_ports: Vec<Ports>,
    /// Ports that are never asked anything, besides those known to be something else than HTTP.
    pub never_ports: Vec<Ports>,
    /// How often a known service's own description of its endpoints is read again.
    pub reread: Span,
}

impl Default for SocketSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            only_ports: Vec::new(),
            never_ports: Vec::new(),
            reread: Span(Duration::from_secs(30)),
        }
    }
}

/// `[checks]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// Between two checks of a steady service.
    pub interval: Span,
    /// Between two checks of a service that is new, failing or recovering.
    pub interval_unsteady: Span,
    /// The share of its interval by which a check may be early or late, so that checks run together.
    pub slack_percent: Percent,
    /// For a whole answer.
    pub deadline: Span,
    /// Requests at the same time.
    pub in_flight: Count,
    /// Requests at the same time to one host and port.
    pub per_host: Count,
    /// Idle connections that are kept.
    pub idle_connections: usize,
    /// Where registered services may be, besides on this machine.
    pub allowed_networks: Networks,
    /// Certificates of authorities (PEM) that https services are checked by, besides those that the system trusts.
    pub ca_file: Option<PathBuf>,
}

impl Default for CheckSettings {
    fn default() -> Self {
        Self {
            interval: Span(Duration::from_secs(10)),
            interval_unsteady: Span(Duration::from_secs(2)),
            slack_percent: Percent::constant(20),
            deadline: Span(Duration::from_secs(2)),
            in_flight: Count(10),
            per_host: Count(2),
            idle_connections: 1_024,
            allowed_networks: Networks::default(),
            ca_file: None,
        }
    }
}

/// `[budget]`
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSettings {
    /// The daemon's own CPU, in percent of one core.
    pub cpu_percent: Percent,
    /// How the budget is kept.
    pub policy: Policy,
    /// The memory of the process from which on nothing new is taken in; no bound when absent.
    pub memory: Option<Size>,
}

impl Default for BudgetSettings {
    fn default() -> Self {
        Self {
            cpu_percent: Percent::constant(1),
            policy: Policy::Tokens,
            memory: None,
        }
    }
}

/// How a CPU budget is kept; see `landfall_protocol::throttle`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// CPU-time tokens: refilled at the budget, charged with what was really used.
    Tokens,
    /// The simple law: the pace times 0.9 above the budget, times 1.1 below it, kept in 0.2..1.0.
    Step,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {path:?} cannot be read: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something that cannot be meant.
    #[error("the settings{} are wrong: {reason}", path.as_ref().map(|path| format!(" in {path:?}")).unwrap_or_default())]
    Wrong {
        /// Which file, if they come from one.
        path: Option<PathBuf>,
        /// What and where, with line and column.
        reason: String,
    },
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// [`SettingsError`], with line and column of what is wrong.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let unreadable = |source| SettingsError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text))
            .map_err(unreadable)?;
        let wrong = |reason| SettingsError::Wrong {
            path: Some(path.to_owned()),
            reason,
        };
        if text.len() as u64 > MAX_FILE {
            return Err(wrong(format!("the file is larger than {MAX_FILE} bytes")));
        }
        Self::parse(&text).map_err(wrong)
    }

    /// Parses the text of a settings file.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let settings: Self =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        services::check_together(&settings.services)
            .map_err(|(span, reason)| located(text, span, &reason))?;
        Ok(settings)
    }
}

/// `reason` with the line and column at which it stands in `text`, in the manner of the TOML parser.
fn located(text: &str, at: usize, reason: &str) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("TOML parse error at line {line}, column {column}\n{reason}")
}
