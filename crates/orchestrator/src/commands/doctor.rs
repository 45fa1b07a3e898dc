//! `landfall doctor`: what stands between this machine and a daemon that does its work, and how to mend it.
//!
//! It looks as `landfall serve` would with the same flags, and changes nothing: it takes no lock and opens no store, so
//! it can be run beside a daemon and while one starts.

mod daemon;
mod finding;
mod machine;
mod port;
mod state;

use super::table::Screen;
use super::{block_on, print, print_json};
use crate::error::Error;
use crate::settings::{Listen, Settings};
use crate::store::default_dir;
use clap::Args;
use finding::{Finding, State};
use port::Port;
use serde_json::json;
use std::path::PathBuf;

/// How the daemon would be started.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The settings file of the daemon.
    #[arg(long, value_name = "FILE", env = "LANDFALL_SETTINGS")]
    settings: Option<PathBuf>,
    /// The address of the daemon.
    #[arg(long, value_name = "ADDRESS:PORT", env = "LANDFALL_LISTEN")]
    listen: Option<Listen>,
    /// The state folder of the daemon, instead of $XDG_STATE_HOME/landfall.
    #[arg(long, value_name = "FOLDER", env = "LANDFALL_STATE_DIR")]
    state_dir: Option<PathBuf>,
    /// Prints JSON for programs.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Looks at everything and prints what it saw.
    pub(crate) fn run(&self) -> Result<(), Error> {
        let (mut findings, settings) = self.read_settings();
        findings.extend(machine::look(&settings));
        let port = block_on(async { Ok(Port::look(settings.listen.address()).await) })?;
        findings.extend(port.findings());
        let dir = self.state_dir.clone().or(settings.state_dir.clone());
        findings.extend(state::look(dir.or_else(default_dir), port.running()));
        findings.extend(daemon::look(&settings, port.running()));
        let wrong = findings.iter().filter(|it| it.state == State::Problem);
        let wrong = wrong.count();
        if self.json {
            print_json(&json!({ "ok": wrong == 0, "findings": findings }))?;
        } else {
            let screen = Screen::stdout();
            print(
                &findings
                    .iter()
                    .map(|it| it.text(screen))
                    .collect::<String>(),
            )?;
        }
        match wrong {
            0 => Ok(()),
            count => Err(Error::Unwell { count }),
        }
    }

    /// The settings as far as they can be read, else the defaults.
    fn read_settings(&self) -> (Vec<Finding>, Settings) {
        let (finding, mut settings) = match &self.settings {
            None => (
                Finding::well("settings", "no settings file: the defaults hold".to_owned()),
                Settings::default(),
            ),
            Some(path) => match Settings::read(path) {
                Ok(settings) => {
                    let said = format!("{} is valid", path.display());
                    (Finding::well("settings", said), settings)
                }
                Err(error) => {
                    let mend = "correct the file; landfall.example.toml shows every key. What follows is looked at with the defaults";
                    let finding = Finding::problem("settings", error.to_string(), mend.to_owned());
                    (finding, Settings::default())
                }
            },
        };
        settings.listen = self.listen.unwrap_or(settings.listen);
        (vec![finding], settings)
    }
}
