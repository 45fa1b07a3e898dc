//! The parameters of a request's query.

use percent_encoding::percent_decode_str;

/// The values of a parameter, decoded.
///
/// # Errors
/// For a value that is not UTF-8.
pub(crate) fn values(query: &str, name: &str) -> impl Iterator<Item = Result<String, String>> {
    query.split('&').filter_map(move |pair| {
        let value = pair.strip_prefix(name)?.strip_prefix('=')?;
        let decoded = percent_decode_str(value).decode_utf8();
        Some(match decoded {
            Ok(text) => Ok(text.into_owned()),
            Err(_) => Err(format!("{name}: the value is not UTF-8")),
        })
    })
}
