//! `landfall probe URL`: what pages and the daemon would learn of an origin, with every request that it takes.
//!
//! It is the protocol's ladder, so it can send GET and OPTIONS only. Requests go to the addresses that the URL's host had
//! when the command began, and to this machine: an API catalog that points anywhere else is not followed.

mod report;

use super::{block_on, print, print_json};
use crate::error::Error;
use crate::pool::{Buffers, Failure, Limits, Pool, Target, check_authorities};
use crate::reader::{as_ladder, ask_at, nonce, split};
use crate::registration::locate;
use crate::settings::{Networks, Span};
use clap::Args;
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::name::Name;
use landfall_protocol::probe::{self, Answer, Found, Ladder, Step};
use landfall_protocol::reason::Reason;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::url::BaseUrl;
use report::{Report, Sent};
use serde_json::Value;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::str::FromStr;

/// The most endpoints that are asked for one by one: two requests each.
const MAX_DECLARED: usize = 64;

/// What is asked.
#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// The base URL, such as http://127.0.0.1:8000.
    #[arg(value_parser = base_url)]
    url: BaseUrl,
    /// An endpoint to ask for where no document describes any: orders=/orders. May be given several times.
    #[arg(long = "endpoint", value_name = "NAME=PATH", value_parser = Declared::from_str)]
    endpoints: Vec<Declared>,
    /// Certificates of authorities (PEM) to verify an https URL by, besides those that the system trusts.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Takes any certificate of an https URL; on this machine only.
    #[arg(long, conflicts_with = "ca_file")]
    no_verify: bool,
    /// For each whole answer.
    #[arg(long, value_name = "TIME", default_value = "5s")]
    timeout: Span,
    /// Prints JSON for programs.
    #[arg(long)]
    json: bool,
}

fn base_url(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text)
        .map_err(|_| "write scheme, host and port, such as http://127.0.0.1:8000".to_owned())
}

/// An endpoint as it was declared.
#[derive(Debug, Clone)]
struct Declared(Wanted);

impl FromStr for Declared {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (name, path) = text.split_once('=')?;
            Some(Wanted {
                name: Name::parse(name).ok()?,
                path: PathTemplate::parse(path).ok()?,
                method: None,
                protocol: Protocol::Http,
            })
        };
        read()
            .map(Self)
            .ok_or_else(|| "write NAME=PATH, such as orders=/orders".to_owned())
    }
}

/// How a pass down the ladder ended.
struct Ended {
    sent: Vec<Sent>,
    /// Why there was no answer at all.
    unanswered: Option<Failure>,
    found: Result<Found<Value>, Reason>,
}

impl Probe {
    /// Asks and prints.
    pub(crate) fn run(&self) -> Result<(), Error> {
        if self.endpoints.len() > MAX_DECLARED {
            let reason = format!("at most {MAX_DECLARED} endpoints can be asked for at a time");
            return Err(Error::NoTarget(reason));
        }
        let wanted: Vec<_> = self.endpoints.iter().map(|it| it.0.clone()).collect();
        let ended = block_on(self.go_down(&wanted))?;
        let report = Report {
            url: &self.url,
            found: ended.found.as_ref().ok(),
            wanted: &wanted,
            sent: &ended.sent,
        };
        if self.json {
            print_json(&report.json(ended.found.as_ref().err().copied()))?;
        } else {
            print(&report.text())?;
        }
        ended.found.map(drop).map_err(|reason| Error::Undescribed {
            url: self.url.to_string(),
            reason: ended
                .unanswered
                .and_then(report::why_unanswered)
                .unwrap_or_else(|| report::words(reason)),
        })
    }

    /// Goes down the ladder until something is found.
    async fn go_down(&self, wanted: &[Wanted]) -> Result<Ended, Error> {
        let origin = BaseUrl::parse(self.url.origin())
            .map_err(|refused| Error::NoTarget(refused.to_string()))?;
        let target = locate(&origin, &Networks::everywhere())
            .await
            .map_err(|error| Error::NoTarget(error.to_string()))?;
        let target = self.trusted(target)?;
        let limits = Limits {
            in_flight: 1,
            per_host: 1,
            idle: 1,
            deadline: self.timeout.0,
        };
        let pool = Pool::trusting(limits, self.ca_file.clone());
        let mut buffers = Buffers::default();
        let mut ladder = Ladder::new(self.url.clone(), wanted, true, nonce());
        let mut probe = ladder.begin();
        let (mut sent, mut answered, mut failed) = (Vec::new(), false, None);
        let found = loop {
            let progress = Progress::say(&probe);
            let result = ask(&pool, (&origin, &target), &probe, &mut buffers).await;
            drop(progress);
            sent.push(Sent::new(&probe, &result));
            let answer = match result {
                Ok((answer, _)) => {
                    answered = true;
                    Ok(answer)
                }
                Err(NoAnswer::Elsewhere) => Err(probe::Failure::Unreadable),
                Err(NoAnswer::Failed(failure)) => {
                    failed = Some(failure);
                    Err(as_ladder(failure))
                }
            };
            match ladder.answer(answer) {
                Step::Ask(next) => probe = next,
                Step::Found(found) => break Ok(*found),
                Step::Nothing(reason, _) => break Err(reason),
            }
        };
        Ok(Ended {
            sent,
            unanswered: failed.filter(|_| !answered),
            found,
        })
    }

    /// The target, with what its certificate must be.
    fn trusted(&self, target: Target) -> Result<Target, Error> {
        if self.no_verify && !target.is_loopback() {
            let reason = "certificates go unverified on this machine only; for another one, name its authority with --ca-file";
            return Err(Error::NoTarget(reason.to_owned()));
        }
        if self.ca_file.is_some() {
            check_authorities(self.ca_file.as_deref()).map_err(Error::NoTarget)?;
        }
        Ok(target.verified(!self.no_verify))
    }
}

/// Why a question has no answer.
#[derive(Debug)]
enum NoAnswer {
    /// It would go to another machine than the one that was named, so it was not sent.
    Elsewhere,
    /// It was sent.
    Failed(Failure),
}

async fn ask(
    pool: &Pool,
    (origin, target): (&BaseUrl, &Target),
    probe: &probe::Probe,
    buffers: &mut Buffers,
) -> Result<(Answer<Value>, u64), NoAnswer> {
    let (server, path) = split(&probe.url).ok_or(NoAnswer::Elsewhere)?;
    let local;
    let target = if server.origin() == origin.origin() {
        target
    } else {
        let verify = !target.is_unverified();
        local = Target::new(&server)
            .map_err(|_| NoAnswer::Elsewhere)?
            .verified(verify);
        &local
    };
    ask_at(pool, target, path, probe, buffers)
        .await
        .map_err(NoAnswer::Failed)
}

/// Says on a terminal what is being waited for, and takes it away again.
struct Progress;

impl Progress {
    fn say(probe: &probe::Probe) -> Option<Self> {
        let mut out = io::stderr();
        if !out.is_terminal() {
            return None;
        }
        // URLs of documents are as long as they are: a line that breaks cannot be taken away.
        let asked: String = probe.url.chars().take(70).collect();
        write!(out, "{} {asked}", probe.method.as_str()).ok()?;
        Some(Self)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
    }
}
