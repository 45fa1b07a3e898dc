//! JSON that stays text, for a host where code is dear.

use super::{Json, MAX_COUNT, Node};
use crate::text::{number, sort};

/// A JSON value as `JSON.stringify` writes it: without white space, and with an escape only where there must be one.
///
/// `JSON.stringify` escapes control characters, quotation marks, backslashes, and surrogates without their other half.
///
/// The host has looked whether it is JSON. Of what is none, something is read; nothing panics, and nothing outside the text is
/// seen. Equal values of other spelling (`1e2`, `100`) are different texts; `JSON.stringify` has one spelling for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

/// A value within a text.
#[derive(Debug, Clone, Copy)]
pub struct Part<'t>(&'t str);

impl Text {
    /// Takes a text that is JSON, written as `JSON.stringify` does.
    #[must_use]
    pub const fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds to an array or object: the comma where one is needed, what it is, and the end anew.
    fn add(&mut self, key: Option<&str>, value: &str) {
        let end = self.0.pop();
        if self.0.len() > 1 {
            self.0.push(',');
        }
        if let Some(key) = key {
            quote(&mut self.0, key);
            self.0.push(':');
        }
        self.0.push_str(value);
        self.0.extend(end);
    }
}

impl Part<'_> {
    /// Whether the value is `true`.
    #[must_use]
    pub fn is_true(self) -> bool {
        self.0 == "true"
    }
}

impl Json for Text {
    type Node<'a> = Part<'a>;

    fn node(&self) -> Part<'_> {
        Part(&self.0)
    }

    fn null() -> Self {
        Self("null".to_owned())
    }

    fn of_text(text: &str) -> Self {
        let mut json = String::new();
        quote(&mut json, text);
        Self(json)
    }

    fn of_count(count: u64) -> Self {
        let mut json = String::new();
        crate::url::push_number(&mut json, count);
        Self(json)
    }

    fn array() -> Self {
        Self("[]".to_owned())
    }

    fn push(&mut self, element: Self) {
        self.add(None, &element.0);
    }

    fn object() -> Self {
        Self("{}".to_owned())
    }

    fn set(&mut self, key: &str, value: Self) {
        self.add(Some(key), &value.0);
    }
}

impl Node for Part<'_> {
    type Kept = Text;

    fn keep(self) -> Text {
        Text(self.0.to_owned())
    }

    fn get(self, key: &'static str) -> Option<Self> {
        let mut rest = Rest(self.0.strip_prefix('{')?);
        while let (Some(name), Some(value)) = (rest.next(), rest.next()) {
            // The names that are asked for need no escape.
            if name.0.get(1..name.0.len() - 1) == Some(key) {
                return Some(value).filter(|it| it.0 != "null");
            }
        }
        None
    }

    fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    fn text(self) -> Option<String> {
        let mut bytes = self.0.strip_prefix('"')?.strip_suffix('"')?.bytes();
        let mut text = Vec::new();
        while let Some(byte) = bytes.next() {
            if byte != b'\\' {
                text.push(byte);
                continue;
            }
            let escaped = match bytes.next()? {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'u' => {
                    let mut code = 0;
                    for _ in 0..4 {
                        code = code * 16 + char::from(bytes.next()?).to_digit(16)?;
                    }
                    match u8::try_from(code) {
                        Ok(code) if code.is_ascii() => code,
                        // A surrogate without its other half.
                        _ => {
                            text.extend_from_slice(&[0xef, 0xbf]);
                            0xbd
                        }
                    }
                }
                escaped => escaped,
            };
            text.push(escaped);
        }
        String::from_utf8(text).ok()
    }

    fn count(self) -> Option<u64> {
        number(self.0, MAX_COUNT).filter(|count| *count <= MAX_COUNT)
    }

    fn elements(self) -> Option<Vec<Self>> {
        let mut rest = Rest(self.0.strip_prefix('[')?);
        let mut elements = Vec::new();
        while let Some(element) = rest.next() {
            elements.push(element);
        }
        Some(elements)
    }

    fn members(self) -> Option<Vec<(String, Self)>> {
        let mut rest = Rest(self.0.strip_prefix('{')?);
        let (mut names, mut values) = (Vec::new(), Vec::new());
        while let (Some(name), Some(value)) = (rest.next(), rest.next()) {
            names.push((name.text()?, values.len()));
            values.push(value);
        }
        sort(&mut names);
        let mut members = Vec::new();
        for (name, at) in names {
            members.push((name, *values.get(at)?));
        }
        Some(members)
    }
}

/// What follows in an array or object: values, and in an object names as well.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn next(&mut self) -> Option<Part<'t>> {
        let (part, rest) = self.0.split_at_checked(end(self.0.as_bytes()))?;
        self.0 = rest.get(1..).unwrap_or_default();
        (!part.is_empty()).then_some(Part(part))
    }
}

/// Where the first value or name of a text ends.
fn end(text: &[u8]) -> usize {
    let (mut at, mut depth, mut quoted) = (0, 0_u32, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => at += 1,
            _ if quoted => {}
            b'[' | b'{' => depth += 1,
            b',' | b':' | b']' | b'}' if depth == 0 => break,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Appends a text with its quotation marks.
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        if c < ' ' {
            json.push_str("\\u00");
            json.push(if c < '\u{10}' { '0' } else { '1' });
            json.push(char::from_digit(u32::from(c) % 16, 16).unwrap_or('0'));
            continue;
        }
        if matches!(c, '"' | '\\') {
            json.push('\\');
        }
        json.push(c);
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn part(text: &str) -> Part<'_> {
        Part(text)
    }

    /// What is read of a text, as the JSON of the native hosts.
    fn whole(part: Part<'_>) -> Value {
        if let Some(members) = part.members() {
            return Value::Object(
                members
                    .into_iter()
                    .map(|(name, it)| (name, whole(it)))
                    .collect(),
            );
        }
        if let Some(elements) = part.elements() {
            return Value::Array(elements.into_iter().map(whole).collect());
        }
        match part.text() {
            Some(text) => Value::String(text),
            None => serde_json::from_str(part.0).unwrap(),
        }
    }

    /// The same value, written as text.
    fn written(value: &Value) -> Text {
        match value {
            Value::Object(members) => {
                members.iter().fold(Text::object(), |mut json, (name, it)| {
                    json.set(name, written(it));
                    json
                })
            }
            Value::Array(elements) => elements.iter().fold(Text::array(), |mut json, it| {
                json.push(written(it));
                json
            }),
            Value::String(text) => Text::of_text(text),
            Value::Number(number) => Text::of_count(number.as_u64().unwrap()),
            _ => Text::null(),
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            (0..=MAX_COUNT).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\\\\"{}:,\u{0}-\u{1f}]*".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(value in any_json()) {
            prop_assert_eq!(&whole(part(&value.to_string())), &value);
            let text = written(&value);
            prop_assert_eq!(&serde_json::from_str::<Value>(text.as_str()).unwrap(), &value);
            prop_assert_eq!(whole(text.node()), value);
        }

        #[test]
        fn of_what_is_no_json_something_is_read(text: String, tail in "[\\[\\]{}:,\"\\\\u0-9a]*") {
            for text in [text, tail] {
                for text in [text.clone(), format!("{{{text}"), format!("[{text}"), format!("\"{text}\"")] {
                    let part = part(&text);
                    let _ = (part.get("a"), part.text(), part.count(), part.elements(), part.members());
                }
            }
        }
    }

    #[test]
    fn a_count_is_a_whole_number_that_javascript_holds() {
        for (text, count) in [
            ("0", Some(0)),
            ("9007199254740991", Some(MAX_COUNT)),
            ("9007199254740992", None),
            ("99999999999999999999999", None),
            ("-1", None),
            ("1.5", None),
            ("1e+21", None),
            ("", None),
            ("true", None),
        ] {
            assert_eq!(part(text).count(), count, "{text}");
        }
    }

    #[test]
    fn a_member_is_found_among_what_looks_like_it() {
        let text = r#"{"x":{"a":1},"\"a":2,"b":"\"a\":","a\"":[{"a":4}],"n":null,"a":"\\"}"#;
        assert_eq!(part(text).get("a").unwrap().text().as_deref(), Some("\\"));
        assert_eq!(
            part(text).get("b").unwrap().text().as_deref(),
            Some("\"a\":")
        );
        assert!(part(text).get("n").is_none() && part(text).get("absent").is_none());
        assert!(part(r#"["a",1]"#).get("a").is_none() && part("{}").get("a").is_none());
        assert_eq!(part(r#"{"a":1}"#).get("a").unwrap().count(), Some(1));
    }

    #[test]
    fn what_javascript_escapes_is_read() {
        let text = r#""\b\f\n\r\t\"\\\u001f\ud800é""#;
        assert_eq!(
            part(text).text().unwrap(),
            "\u{8}\u{c}\n\r\t\"\\\u{1f}\u{fffd}é"
        );
    }

    #[test]
    fn a_value_is_kept_as_it_stands() {
        let config = r#"{"n":1.50,"list":[1e400,{}]}"#;
        let text = Text::trusted(format!(r#"{{"config":{config},"z":1}}"#));
        assert_eq!(text.node().get("config").unwrap().keep().as_str(), config);
        assert_eq!(json!({"a": 1}).node().keep(), json!({"a": 1}));
    }
}
