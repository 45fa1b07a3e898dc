//! The command line. Flags go before environment variables, and both before the settings file.

use crate::commands::{Completions, Doctor, Probe, Services};
use crate::error::Error;
use crate::register::Register;
use crate::reload::Source;
use crate::serve::{Options, serve};
use crate::settings::Listen;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use tracing_subscriber::filter::Targets;

/// Knows the services of this machine, watches their health, and serves one discovery document.
#[derive(Debug, Parser)]
#[command(name = "landfall", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon until it is interrupted.
    Serve(Serve),
    /// Lists the services that the daemon knows, and how they are.
    Services(Services),
    /// Asks a URL which endpoints it has, and shows every request that it took.
    Probe(Probe),
    /// Registers a service with the daemon.
    Register(Box<Register>),
    /// Explains what is wrong with the daemon or its surroundings, and how to mend it.
    Doctor(Doctor),
    /// Prints what a shell needs to complete this command line.
    Completions(Completions),
}

#[derive(Debug, Args)]
struct Serve {
    /// The settings file (TOML). Without one, the defaults hold.
    #[arg(long, value_name = "FILE", env = "LANDFALL_SETTINGS")]
    settings: Option<PathBuf>,
    /// The address to listen on, loopback only. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", env = "LANDFALL_LISTEN")]
    listen: Option<Listen>,
    /// Where the boot counter, the token and registrations are kept, instead of $XDG_STATE_HOME/landfall.
    #[arg(long, value_name = "FOLDER", env = "LANDFALL_STATE_DIR")]
    state_dir: Option<PathBuf>,
    /// A file that gets the daemon's URL as soon as it answers.
    #[arg(long, value_name = "FILE", env = "LANDFALL_READY_FILE")]
    ready_file: Option<PathBuf>,
    /// What goes to the log: error, warn, info, debug or trace, also by module.
    #[arg(
        long,
        value_name = "LEVEL",
        env = "LANDFALL_LOG",
        default_value = "info"
    )]
    log: Targets,
}

impl Cli {
    /// Does what was asked, and returns when that is done.
    ///
    /// # Errors
    /// [`Error`], in words for people.
    pub fn run(self) -> Result<(), Error> {
        let command = match self.command {
            Command::Serve(command) => command,
            Command::Services(command) => return command.run(),
            Command::Probe(command) => return command.run(),
            Command::Register(command) => return command.run(),
            Command::Doctor(command) => return command.run(),
            Command::Completions(command) => return command.run(),
        };
        log_to_stderr(command.log);
        let source = Source {
            file: command.settings,
            listen: command.listen,
            state_dir: command.state_dir,
        };
        serve(Options {
            settings: source.read()?,
            source,
            ready_file: command.ready_file,
        })
    }
}

fn log_to_stderr(filter: Targets) {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    let format = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false);
    // Fails only when the process logs already; that log is as good.
    let _ = tracing_subscriber::registry()
        .with(format)
        .with(filter)
        .try_init();
}
