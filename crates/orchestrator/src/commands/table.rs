//! Tables for people: aligned by what a terminal shows, cut where they would be wider than it, coloured only there.

use landfall_protocol::text::is_deceptive;
use std::io::{self, IsTerminal};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns between two cells.
const GAP: usize = 2;
/// A column that is cut keeps at least this much.
const LEAST: usize = 12;
/// Of a text from outside, in characters.
const MAX_TEXT: usize = 512;

/// What the output can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Screen {
    /// Columns, where there is an end to them.
    width: Option<usize>,
    colour: bool,
}

impl Screen {
    /// Standard output: a terminal has a width, and colours unless `NO_COLOR` is set (no-color.org).
    pub(super) fn stdout() -> Self {
        let out = io::stdout();
        if !out.is_terminal() {
            return Self::PLAIN;
        }
        let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            width: columns(&out).filter(|columns| *columns > 0),
            colour: unset("NO_COLOR") && !is_dumb,
        }
    }

    /// A file or another program: whole lines without colour.
    const PLAIN: Self = Self {
        width: None,
        colour: false,
    };

    /// `text` in the colour of what it says.
    pub(super) fn paint(self, text: &str, tone: Tone) -> String {
        let code = match tone {
            _ if !self.colour => return text.to_owned(),
            Tone::Plain => return text.to_owned(),
            Tone::Good => "32",
            Tone::Doubtful => "33",
            Tone::Bad => "31",
            Tone::Faint => "2",
            Tone::Head => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

#[cfg(unix)]
fn columns(out: &io::Stdout) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(out).ok()?;
    Some(size.ws_col.into())
}

#[cfg(not(unix))]
fn columns(_out: &io::Stdout) -> Option<usize> {
    None
}

/// What a text says, beyond its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// Somebody should look.
    Doubtful,
    /// Something is wrong.
    Bad,
    /// Of no weight.
    Faint,
    /// A heading.
    Head,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    head: &'static str,
    /// Numbers end at the same place.
    is_number: bool,
    /// May be cut.
    is_flexible: bool,
}

impl Column {
    /// Short words, which are never cut.
    pub(super) const fn words(head: &'static str) -> Self {
        Self {
            head,
            is_number: false,
            is_flexible: false,
        }
    }

    /// A number.
    pub(super) const fn number(head: &'static str) -> Self {
        Self {
            is_number: true,
            ..Self::words(head)
        }
    }

    /// A name or an address of any length.
    pub(super) const fn text(head: &'static str) -> Self {
        Self {
            is_flexible: true,
            ..Self::words(head)
        }
    }
}

/// What of a text from outside a terminal can be shown, if anything is left of it.
pub(super) fn printable(text: &str) -> Option<String> {
    let shown = text.chars().filter(|c| !is_deceptive(*c));
    Some(shown.take(MAX_TEXT).collect()).filter(|text: &String| !text.is_empty())
}

/// The table as lines of text.
pub(super) fn table<const N: usize>(
    screen: Screen,
    columns: [Column; N],
    rows: &[[Cell; N]],
) -> String {
    let mut widths = columns.map(|column| column.head.width());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.width());
        }
    }
    fit(screen, &columns, &mut widths);
    let head = columns.map(|column| Cell::new(column.head, Tone::Head));
    let mut out = String::new();
    for row in std::iter::once(&head).chain(rows) {
        let mut line = String::new();
        for ((cell, column), width) in row.iter().zip(&columns).zip(widths) {
            let text = cut(&cell.text, width);
            let padding = " ".repeat(width - text.width());
            let painted = screen.paint(&text, cell.tone);
            let [before, after] = if column.is_number {
                [padding.as_str(), ""]
            } else {
                ["", padding.as_str()]
            };
            line += &format!("{before}{painted}{after}{}", " ".repeat(GAP));
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// Takes what is too much from the widest of the columns that may be cut.
fn fit(screen: Screen, columns: &[Column], widths: &mut [usize]) {
    let Some(room) = screen.width else { return };
    loop {
        let taken: usize = widths.iter().sum::<usize>() + GAP * columns.len().saturating_sub(1);
        let flexible = widths.iter_mut().zip(columns);
        let widest = flexible.filter(|(width, column)| column.is_flexible && **width > LEAST);
        let Some((width, _)) = widest.max_by_key(|(width, _)| **width) else {
            return;
        };
        if taken <= room {
            return;
        }
        *width -= 1;
    }
}

/// As much of `text` as fits, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > width {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column::text("NAME"),
        Column::number("MS"),
        Column::words("CLASS"),
    ];

    fn rows() -> [[Cell; 3]; 2] {
        [
            ["a".into(), "1".into(), Cell::new("healthy", Tone::Good)],
            [
                "a name that is rather long".into(),
                "1,000".into(),
                "unknown".into(),
            ],
        ]
    }

    fn screen(width: usize, colour: bool) -> Screen {
        Screen {
            width: Some(width),
            colour,
        }
    }

    #[test]
    fn columns_are_aligned_and_lines_do_not_end_in_spaces() {
        let text = table(Screen::PLAIN, COLUMNS, &rows());
        assert_eq!(
            text,
            "NAME                           MS  CLASS\n\
             a                               1  healthy\n\
             a name that is rather long  1,000  unknown\n"
        );
    }

    #[test]
    fn a_table_is_cut_where_it_can_be_to_the_width_of_the_terminal() {
        let text = table(screen(33, false), COLUMNS, &rows());
        assert!(text.lines().all(|line| line.width() <= 33), "{text}");
        assert!(text.contains("a name that is r…  1,000"), "{text}");
        let narrow = table(screen(5, false), COLUMNS, &rows());
        assert!(narrow.contains("a name that…  1,000  unknown"), "{narrow}");
    }

    #[test]
    fn nothing_from_outside_moves_the_cursor_and_nothing_is_endless() {
        assert_eq!(
            printable("\u{1b}[2Jrefused\n\u{202e}").as_deref(),
            Some("[2Jrefused")
        );
        assert_eq!(printable("\r\n"), None);
        assert_eq!(printable(&"x".repeat(1_000)).unwrap().len(), MAX_TEXT);
    }

    #[test]
    fn wide_characters_take_the_room_that_they_have() {
        let rows = [
            ["港を見つける".into(), "1".into(), "x".into()],
            ["e\u{301}".into(), "2".into(), "x".into()],
        ];
        let text = table(Screen::PLAIN, COLUMNS, &rows);
        let places = |line: &str| line.split('x').next().unwrap().width();
        let mut lines = text.lines().skip(1).map(places);
        assert_eq!(lines.next(), lines.next());
        assert_eq!(cut("港を見つける", 6), "港を…");
    }

    #[test]
    fn colour_is_for_terminals_and_changes_no_width() {
        let text = table(screen(80, true), COLUMNS, &rows());
        assert!(text.contains("\u{1b}[32mhealthy\u{1b}[0m"), "{text}");
        let plain: String = ["\u{1b}[32m", "\u{1b}[1m", "\u{1b}[0m"]
            .iter()
            .fold(text, |text, code| text.replace(code, ""));
        assert_eq!(plain, table(screen(80, false), COLUMNS, &rows()));
    }
}
