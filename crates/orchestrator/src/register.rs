//! `landfall register`: registers a service with the daemon of this machine, and keeps it registered if asked.

mod client;
mod flags;

use crate::commands::{Daemon, block_on};
use crate::error::Error;
use crate::shutdown::Signals;
use crate::store::{StoreError, default_dir};
use crate::token::Token;
use clap::Args;
use client::{Answer, Client};
use flags::ServiceFlags;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::sleep;

/// Renewals in one lease: two may be lost.
const RENEWALS: u32 = 3;

/// What is registered, and with whom.
#[derive(Debug, Args)]
pub(crate) struct Register {
    #[command(flatten)]
    service: ServiceFlags,
    /// Renews the registration until this is interrupted, then takes it back.
    #[arg(long)]
    keep: bool,
    /// Prints what the daemon answers, as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
    /// The state folder of the daemon, which has the token, instead of $XDG_STATE_HOME/landfall.
    #[arg(long, value_name = "FOLDER", env = "LANDFALL_STATE_DIR")]
    state_dir: Option<PathBuf>,
}

impl Register {
    /// Registers, and returns when that is done or, with `--keep`, undone.
    pub(crate) fn run(self) -> Result<(), Error> {
        block_on(async {
            let mut signals = Signals::catch().map_err(Error::System)?;
            let token = self.token()?;
            let client = Client::new(self.daemon.target().clone(), &token);
            let path = self.register(&client).await?;
            if self.keep {
                self.renew_until(&client, path, signals.next()).await?;
            }
            Ok(())
        })
    }

    fn token(&self) -> Result<Token, Error> {
        let path = self.state_dir.clone().or_else(default_dir);
        let path = path.ok_or(StoreError::NoPlace)?;
        match Token::read(&path) {
            Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Err(Error::NoToken { path })
            }
            read => Ok(read?),
        }
    }

    /// Registers. Returns the path of the registration.
    async fn register(&self, client: &Client) -> Result<String, Error> {
        let answer = client
            .send("POST", "/v1/services", &self.service.body())
            .await?;
        let answer = accepted(answer)?;
        let id = answer.json["id"].as_str().unwrap_or_default();
        let said = if self.json {
            format!("{}\n", answer.json)
        } else {
            let lease = self.service.lease.0.as_secs();
            let next = if self.keep {
                "and kept".to_owned()
            } else {
                format!(
                    "renew it with PUT {}/v1/services/{id}",
                    self.daemon.target()
                )
            };
            format!(
                "{} is registered as {id}, for {lease} s: {next}\n",
                self.service.name
            )
        };
        // Whoever does not listen does not need to know.
        let _ = io::stdout().write_all(said.as_bytes());
        Ok(format!("/v1/services/{id}"))
    }

    /// Renews until `interrupted`, then takes the registration back. A daemon that is away for a while finds it again.
    async fn renew_until(
        &self,
        client: &Client,
        mut path: String,
        interrupted: impl Future<Output = &'static str>,
    ) -> Result<(), Error> {
        let mut interrupted = std::pin::pin!(interrupted);
        let pause = (self.service.lease.0 / RENEWALS).max(Duration::from_millis(100));
        loop {
            tokio::select! {
                () = sleep(pause) => {}
                _ = &mut interrupted => break,
            }
            match client.send("PUT", &path, "").await {
                Ok(answer) if answer.status == 404 => path = self.register(client).await?,
                Ok(answer) => drop(accepted(answer)?),
                Err(error) => eprintln!("landfall: {error}; trying again"),
            }
        }
        accepted(client.send("DELETE", &path, "").await?).map(drop)
    }
}

/// An answer that says yes; any other as the daemon's own words.
fn accepted(answer: Answer) -> Result<Answer, Error> {
    if matches!(answer.status, 200..=299) {
        return Ok(answer);
    }
    Err(Error::Refused {
        status: answer.status,
        reason: answer.text.trim_end().to_owned(),
    })
}
