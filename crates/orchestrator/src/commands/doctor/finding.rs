//! What the doctor says of one thing.

use crate::commands::table::{Screen, Tone};
use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// The daemon works, but not in full or not for long.
    Warning,
    /// The daemon does not start, or does not do its work.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) state: State,
    pub(super) said: String,
    /// What to do.
    pub(super) mend: Option<String>,
}

impl Finding {
    pub(super) const fn well(check: &'static str, said: String) -> Self {
        Self {
            check,
            state: State::Ok,
            said,
            mend: None,
        }
    }

    pub(super) const fn warning(check: &'static str, said: String, mend: String) -> Self {
        Self {
            check,
            state: State::Warning,
            said,
            mend: Some(mend),
        }
    }

    pub(super) const fn problem(check: &'static str, said: String, mend: String) -> Self {
        Self {
            check,
            state: State::Problem,
            said,
            mend: Some(mend),
        }
    }

    /// For people.
    pub(super) fn text(&self, screen: Screen) -> String {
        let (word, tone) = match self.state {
            State::Ok => ("ok", Tone::Good),
            State::Warning => ("warning", Tone::Doubtful),
            State::Problem => ("problem", Tone::Bad),
        };
        let word = screen.paint(&format!("{word:<7}"), tone);
        // An error of the settings has several lines.
        let said = self.said.replace('\n', "\n                   ");
        let mut text = format!("{word}  {:<8}  {said}\n", self.check);
        if let Some(mend) = &self.mend {
            text += &format!("                   -> {mend}\n");
        }
        text
    }
}
