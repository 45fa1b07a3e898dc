//! The token that a client must know in order to register services.
//!
//! It is made at the first start, in a file of the state folder that only the daemon's user can read: whoever can read it
//! could as well act as that user. It is never written anywhere else, but for once to the terminal of whoever started the
//! daemon by hand.

use crate::store::StoreError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::{fmt, str};
use subtle::ConstantTimeEq;

/// The file in the state folder.
pub(crate) const FILE: &str = "token";
/// The same while it is made.
const TEMPORARY: &str = "token.tmp";
/// Randomness in bytes; the token has two characters for each.
const STRENGTH: usize = 32;

/// A secret. It can be compared, but is not shown.
pub struct Token(Box<str>);

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token")
    }
}

impl Token {
    /// The token of a state folder, and its file if it was made just now. Nobody else may be using the folder.
    ///
    /// # Errors
    /// [`StoreError`] when there is none, or others could read it.
    pub(crate) fn open(dir: &Path) -> Result<(Self, Option<PathBuf>), StoreError> {
        match Self::read(dir) {
            Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                let path = dir.join(FILE);
                let made = make(dir).map_err(|source| StoreError::Io {
                    path: path.clone(),
                    source,
                })?;
                Ok((made, Some(path)))
            }
            read => read.map(|token| (token, None)),
        }
    }

    /// The token in a state folder.
    ///
    /// # Errors
    /// [`StoreError`] when there is none, or others can read it.
    pub(crate) fn read(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| {
            let metadata = file.metadata()?;
            file.take(STRENGTH as u64 * 2 + 2).read_to_end(&mut bytes)?;
            Ok(metadata)
        });
        let metadata = match read {
            Ok(metadata) => metadata,
            Err(source) => return Err(StoreError::Io { path, source }),
        };
        if is_exposed(&metadata) {
            return Err(StoreError::Exposed { path });
        }
        let text = str::from_utf8(&bytes).unwrap_or_default().trim_end();
        if text.len() == STRENGTH * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.into()));
        }
        Err(StoreError::Unreadable {
            path,
            reason: format!("a token is {} hexadecimal digits", STRENGTH * 2),
        })
    }

    /// Whether a client knows it. Takes the same time wherever a wrong one differs.
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(given).into()
    }

    /// The value of an `Authorization` header (RFC 6750).
    pub(crate) fn credentials(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// What a person at a terminal is told, once. Anywhere else it would end up in a log.
    pub(crate) fn welcome(&self, file: &Path, url: &str) -> String {
        let (token, file) = (&self.0, file.display());
        format!(
            "Services can register themselves here. The token, which only you can read in {file}, is\n    {token}\n\
             To register a service:\n    landfall register --name shop --url http://127.0.0.1:8000\n\
             or without this program:\n    curl {url}/v1/services -H 'Content-Type: application/json' \\\n      \
             -H \"Authorization: Bearer $(cat {file})\" \\\n      \
             -d '{{\"name\":\"shop\",\"instances\":[{{\"url\":\"http://127.0.0.1:8000\"}}],\"lease\":30}}'\n"
        )
    }
}

/// Makes a token. Its file is there whole or not at all.
fn make(dir: &Path) -> io::Result<Token> {
    let mut bytes = [0; STRENGTH];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let temporary = dir.join(TEMPORARY);
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes())?;
    // Not waited for: a token that the disk has lost is followed by a new one.
    fs::rename(&temporary, dir.join(FILE))?;
    Ok(Token(text.into()))
}

#[cfg(unix)]
fn is_exposed(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_exposed(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_it_and_the_next_ones_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let (first, made) = Token::open(dir.path()).unwrap();
        assert_eq!(made, Some(dir.path().join(FILE)));
        let (second, made) = Token::open(dir.path()).unwrap();
        assert_eq!((made, &first.0), (None, &second.0));
        let other = Token::open(tempfile::tempdir().unwrap().path()).unwrap().0;
        assert_ne!(first.0, other.0);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Token::open(dir.path()).unwrap();
        let file = dir.path().join(FILE);
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Token::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Exposed { .. }), "{error}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_file_that_holds_no_token_is_not_taken_for_one() {
        let dir = tempfile::tempdir().unwrap();
        Token::open(dir.path()).unwrap();
        for text in [
            "",
            "secret",
            &"g".repeat(64),
            &"a".repeat(63),
            &"a".repeat(66),
        ] {
            fs::write(dir.path().join(FILE), text).unwrap();
            let error = Token::open(dir.path()).unwrap_err();
            assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
        }
    }

    #[test]
    fn it_is_compared_whole_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let (token, _) = Token::open(dir.path()).unwrap();
        let text = token.0.clone();
        assert!(token.is(text.as_bytes()));
        for wrong in ["", &text[1..], &format!("{text}0"), &"0".repeat(64)] {
            assert!(!token.is(wrong.as_bytes()), "{wrong}");
        }
        assert!(!format!("{token:?}").contains(&*text));
    }

    #[test]
    fn a_person_is_told_what_it_is_where_it_is_and_how_to_use_it() {
        let dir = tempfile::tempdir().unwrap();
        let (token, file) = Token::open(dir.path()).unwrap();
        let file = file.unwrap();
        let said = token.welcome(&file, "http://127.0.0.1:7420");
        for part in [
            &*token.0,
            file.to_str().unwrap(),
            "landfall register",
            "curl http://127.0.0.1:7420/v1",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
