//! The commands for people, one file each: what the daemon knows (`services`), what a URL serves (`probe`), what is
//! wrong (`doctor`), and the completions of a shell.

mod ask;
mod completions;
mod doctor;
mod probe;
mod services;
mod table;

pub(crate) use ask::Daemon;
pub(crate) use completions::Completions;
pub(crate) use doctor::Doctor;
pub(crate) use probe::Probe;
pub(crate) use services::Services;

use crate::error::Error;
use std::io::{self, Write};

/// Runs a command that waits for answers.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::System)?
        .block_on(work)
}

/// Prints what was asked for. Whoever has stopped reading (`| head`) does not need the rest.
fn print(text: &str) -> Result<(), Error> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}

/// JSON for programs, on one line.
fn print_json(value: &impl serde::Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_string(value).map_err(|error| Error::Output(error.into()))?;
    text.push('\n');
    print(&text)
}
