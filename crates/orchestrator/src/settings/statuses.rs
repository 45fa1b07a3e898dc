//! The statuses that mean life: `status` of a check.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The most statuses and ranges in a list.
const MAX_STATUSES: usize = 32;

/// A list of HTTP statuses and ranges of them: `[200, "204-299"]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "Vec<StatusForm>", into = "Vec<StatusForm>")]
pub struct Statuses(Box<[RangeInclusive<u16>]>);

impl Statuses {
    /// Whether a status is one of them.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

/// In words: `200, 204 to 299`.
impl fmt::Display for Statuses {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, range) in self.0.iter().enumerate() {
            let (from, to) = (range.start(), range.end());
            out.write_str(if place == 0 { "" } else { ", " })?;
            if from == to {
                write!(out, "{from}")?;
            } else {
                write!(out, "{from} to {to}")?;
            }
        }
        Ok(())
    }
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum StatusForm {
    One(u16),
    Range(String),
}

impl FromStr for Statuses {
    type Err = String;

    /// Reads a list as a command line has it: `200,204-299`.
    fn from_str(text: &str) -> Result<Self, String> {
        let form = |word: &str| match word.parse() {
            Ok(status) => StatusForm::One(status),
            Err(_) => StatusForm::Range(word.to_owned()),
        };
        let forms: Vec<_> = text.split(',').map(form).collect();
        forms.try_into()
    }
}

impl TryFrom<Vec<StatusForm>> for Statuses {
    type Error = String;

    fn try_from(forms: Vec<StatusForm>) -> Result<Self, String> {
        if !(1..=MAX_STATUSES).contains(&forms.len()) {
            return Err(format!(
                "a list of statuses has 1 to {MAX_STATUSES} of them, such as [200, \"204-299\"]"
            ));
        }
        let ranges: Result<_, String> = forms.iter().map(range).collect();
        ranges.map(Self)
    }
}

fn range(form: &StatusForm) -> Result<RangeInclusive<u16>, String> {
    let (ends, said) = match form {
        StatusForm::One(status) => (Some((*status, *status)), status.to_string()),
        StatusForm::Range(text) => {
            let ends = text.split_once('-');
            let ends = ends.and_then(|(from, to)| from.parse().ok().zip(to.parse().ok()));
            (ends, format!("{text:?}"))
        }
    };
    // 1xx is never the last answer.
    let fits = |(from, to): &(u16, u16)| from <= to && *from >= 200 && *to <= 599;
    ends.filter(fits).map(|(from, to)| from..=to).ok_or_else(|| {
        format!("{said} is no status: write a number from 200 to 599, or a range such as \"200-299\", the smaller number first")
    })
}

impl From<Statuses> for Vec<StatusForm> {
    fn from(statuses: Statuses) -> Self {
        let form = |range: &RangeInclusive<u16>| match (*range.start(), *range.end()) {
            (from, to) if from == to => StatusForm::One(from),
            (from, to) => StatusForm::Range(format!("{from}-{to}")),
        };
        statuses.0.iter().map(form).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_json(json: &str) -> Result<Statuses, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn statuses_are_numbers_and_ranges() {
        let statuses = from_json(r#"[201,"300-304"]"#).unwrap();
        let alive: Vec<u16> = (200..=599).filter(|it| statuses.contains(*it)).collect();
        assert_eq!(alive, [201, 300, 301, 302, 303, 304]);
        assert_eq!(statuses.to_string(), "201, 300 to 304");
        assert_eq!("201,300-304".parse(), Ok(statuses));
    }

    #[test]
    fn what_is_no_status_is_refused_in_a_file_and_on_a_command_line() {
        for (json, text, reason) in [
            (r#"["200-"]"#, "200-", "is no status"),
            ("[99]", "99", "99 is no status"),
            (r#"["299-200"]"#, "299-200", "the smaller number first"),
            (r#"["2xx"]"#, "2xx", "is no status"),
            (r#"["200-600"]"#, "200-600", "is no status"),
            (r#"[200,""]"#, "200,", "is no status"),
        ] {
            for refused in [from_json(json), text.parse()] {
                let error = refused.unwrap_err();
                assert!(error.contains(reason), "{json}: {error}");
            }
        }
        let many = vec!["200"; MAX_STATUSES + 1].join(",");
        let refused = [from_json("[]"), many.parse()];
        assert!(
            refused
                .iter()
                .all(|it| it.as_ref().is_err_and(|it| it.contains("1 to 32")))
        );
    }
}
