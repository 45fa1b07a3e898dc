//! The seeds that once failed: kept beside the sources, and run first each time.

use std::path::PathBuf;
use std::{fs, io};

/// The file of the seeds.
#[must_use]
pub fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/seeds.txt")
}

/// The kept seeds, one to a line; what follows a `#` is for people.
///
/// # Errors
/// When the file cannot be read, or a line is no seed.
pub fn seeds() -> io::Result<Vec<u64>> {
    let text = fs::read_to_string(file())?;
    let mut seeds = Vec::new();
    for line in text.lines() {
        let seed = line.split('#').next().unwrap_or_default().trim();
        if !seed.is_empty() {
            let wrong = |_| {
                let what = format!("{}: {seed} is no seed", file().display());
                io::Error::new(io::ErrorKind::InvalidData, what)
            };
            seeds.push(seed.parse().map_err(wrong)?);
        }
    }
    Ok(seeds)
}

/// Keeps a seed that has failed.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(seed: u64, why: &str) -> io::Result<()> {
    if seeds()?.contains(&seed) {
        return Ok(());
    }
    let mut text = fs::read_to_string(file())?;
    text.push_str(&format!("{seed} # {why}\n"));
    fs::write(file(), text)
}
