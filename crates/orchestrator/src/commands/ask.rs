//! What the commands ask the running daemon: GET, JSON, within bounds. Whatever listens there is not believed to be it.

use crate::error::Error;
use crate::pool::{Buffers, Failure, Limits, Pool, Request, Target, Want};
use crate::settings::ServiceUrl;
use clap::Args;
use landfall_protocol::json::{MAX_DEPTH, check_bounds};
use landfall_protocol::method::SafeMethod;
use serde::de::DeserializeOwned;
use std::io;
use std::time::Duration;

/// For a whole answer. The daemon answers from memory.
const DEADLINE: Duration = Duration::from_secs(10);
/// The largest answer: raw health is about a kilobyte for each instance.
const MAX_ANSWER: usize = 64 << 20;

/// Which daemon.
#[derive(Debug, Args)]
pub(crate) struct Daemon {
    /// Where the daemon is.
    #[arg(
        long,
        value_name = "URL",
        env = "LANDFALL_DAEMON",
        default_value = "http://127.0.0.1:7420"
    )]
    daemon: ServiceUrl,
}

impl Daemon {
    /// Where requests go.
    pub(crate) const fn target(&self) -> &Target {
        &self.daemon.0
    }

    /// A line to it.
    pub(super) fn asked(&self) -> Asked {
        Asked::new(self.daemon.0.to_string(), self.daemon.0.clone())
    }
}

/// A daemon that is asked something.
pub(super) struct Asked {
    pool: Pool,
    target: Target,
    url: String,
}

impl Asked {
    pub(super) fn new(url: String, target: Target) -> Self {
        let limits = Limits {
            in_flight: 1,
            per_host: 1,
            idle: 1,
            deadline: DEADLINE,
        };
        Self {
            pool: Pool::new(limits),
            target,
            url,
        }
    }

    /// The resource at `path`.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let mut buffers = Buffers::default();
        let request = Request {
            method: SafeMethod::Get,
            path,
            want: Want::Body(MAX_ANSWER),
            suspect: false,
        };
        let reply = match self.pool.send(&self.target, request, &mut buffers).await {
            Ok(reply) => reply,
            Err(failure @ (Failure::NotHttp | Failure::TooLarge)) => {
                return Err(self.stranger(path, &failure));
            }
            Err(failure) => {
                return Err(Error::NoDaemon {
                    url: self.url.clone(),
                    source: io::Error::other(failure),
                });
            }
        };
        if reply.status != 200 {
            return Err(self.stranger(path, &format!("status {}", reply.status)));
        }
        let bytes = buffers.body();
        check_bounds(bytes, MAX_ANSWER, MAX_DEPTH)
            .map_err(|_| self.stranger(path, &"JSON out of bounds"))?;
        serde_json::from_slice(bytes).map_err(|error| self.stranger(path, &error))
    }

    /// The error that says that another program answers there.
    pub(super) fn stranger(&self, path: &str, reason: &dyn std::fmt::Display) -> Error {
        Error::NotADaemon {
            url: self.url.clone(),
            reason: format!("{path} gave {reason}"),
        }
    }
}
