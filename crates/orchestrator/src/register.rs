//! `landfall register`: registers a service with the daemon of this machine, and keeps it registered if asked.

mod client;

use crate::error::Error;
use crate::settings::{ServiceUrl, Span};
use crate::shutdown::Signals;
use crate::store::{StoreError, default_dir};
use crate::token::Token;
use clap::Args;
use client::{Answer, Client};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::sleep;

/// Renewals in one lease: two may be lost.
const RENEWALS: u32 = 3;

/// What is registered, and with whom.
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// The name of the service.
    #[arg(long)]
    name: String,
    /// Where it runs, such as http://127.0.0.1:8000. May be given several times.
    #[arg(long = "url", value_name = "URL", required = true)]
    urls: Vec<String>,
    /// Its title for people.
    #[arg(long)]
    title: Option<String>,
    /// How long the registration counts unless it is renewed: whole seconds, such as 30s, 5m or 1h.
    #[arg(long, value_name = "TIME", default_value = "30s")]
    lease: Span,
    /// What to ask for in a health check, such as /health.
    #[arg(long, value_name = "PATH")]
    health_path: Option<String>,
    /// A WebSocket endpoint, which an API description leaves out: updates=/ws. May be given several times.
    #[arg(long = "websocket", value_name = "NAME=PATH", value_parser = named_path)]
    websockets: Vec<(String, String)>,
    /// An endpoint of server-sent events: ticks=/ticks. May be given several times.
    #[arg(long = "sse", value_name = "NAME=PATH", value_parser = named_path)]
    streams: Vec<(String, String)>,
    /// Renews the registration until this is interrupted, then takes it back.
    #[arg(long)]
    keep: bool,
    /// Prints what the daemon answers, as JSON.
    #[arg(long)]
    json: bool,
    /// Where the daemon is.
    #[arg(
        long,
        value_name = "URL",
        env = "LANDFALL_DAEMON",
        default_value = "http://127.0.0.1:7420"
    )]
    daemon: ServiceUrl,
    /// The state folder of the daemon, which has the token, instead of $XDG_STATE_HOME/landfall.
    #[arg(long, value_name = "FOLDER", env = "LANDFALL_STATE_DIR")]
    state_dir: Option<PathBuf>,
}

fn named_path(text: &str) -> Result<(String, String), String> {
    let named = text.split_once('=');
    let named = named.filter(|(name, path)| !name.is_empty() && path.starts_with('/'));
    named
        .map(|(name, path)| (name.to_owned(), path.to_owned()))
        .ok_or_else(|| "write NAME=PATH, such as updates=/ws".to_owned())
}

impl Register {
    /// Registers, and returns when that is done or, with `--keep`, undone.
    pub(crate) fn run(self) -> Result<(), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::System)?;
        runtime.block_on(async {
            let mut signals = Signals::catch().map_err(Error::System)?;
            let token = self.token()?;
            let client = Client::new(self.daemon.target.clone(), &token);
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
        let answer = client.send("POST", "/v1/services", &self.body()).await?;
        let answer = accepted(answer)?;
        let id = answer.json["id"].as_str().unwrap_or_default();
        let said = if self.json {
            format!("{}\n", answer.json)
        } else {
            let lease = self.lease.0.as_secs();
            let next = if self.keep {
                "and kept".to_owned()
            } else {
                format!("renew it with PUT {}/v1/services/{id}", self.daemon.url)
            };
            format!(
                "{} is registered as {id}, for {lease} s: {next}\n",
                self.name
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
        let pause = (self.lease.0 / RENEWALS).max(Duration::from_millis(100));
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

    fn body(&self) -> String {
        let instances: Vec<Value> = self.urls.iter().map(|url| json!({ "url": url })).collect();
        let mut body = json!({
            "name": self.name,
            "lease": self.lease.0.as_secs(),
            "instances": instances,
        });
        let endpoint = |protocol: &'static str| {
            move |(name, path): &(String, String)| {
                (name.clone(), json!({ "path": path, "protocol": protocol }))
            }
        };
        let sockets = self.websockets.iter().map(endpoint("websocket"));
        let endpoints: Map<_, _> = sockets
            .chain(self.streams.iter().map(endpoint("sse")))
            .collect();
        body["endpoints"] = endpoints.into();
        for (key, value) in [("title", &self.title), ("health_path", &self.health_path)] {
            if let Some(value) = value {
                body[key] = value.as_str().into();
            }
        }
        body.to_string()
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
