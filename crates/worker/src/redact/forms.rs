//! The spellings of a secret that are looked for.

use std::fmt::Write as _;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use url::Url;

use crate::variables::push_percent_encoded;

/// Shorter values are not hidden.
pub(crate) const HIDDEN_BYTES_MIN: usize = 4;
/// A line of a value of many lines, or a part of a URL's path, is hidden by itself from this length on.
const PART_BYTES_MIN: usize = 8;

/// Every spelling of `value`, each once.
pub(super) fn forms(value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for text in pieces(value) {
        forms.extend(spellings(text));
    }
    forms.retain(|form| form.len() >= HIDDEN_BYTES_MIN);
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The value itself, without white space around it, and its lines: a key in PEM is often printed line by
/// line.
fn pieces(value: &str) -> Vec<&str> {
    let mut pieces = vec![value, value.trim()];
    if value.trim().contains('\n') {
        pieces.extend(value.lines().map(str::trim).filter(|line| line.len() >= PART_BYTES_MIN));
    }
    pieces
}

fn spellings(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let json = json_escaped(text);
    let twice = json_escaped(&json);
    let mut lower_hex = String::new();
    for byte in bytes {
        write!(lower_hex, "{byte:02x}").expect("writing to a String");
    }
    let percent = percent_encoded(text, "");
    let mut spellings: Vec<Vec<u8>> = [
        text.to_owned(),
        json.replace('/', "\\/"),
        ascii_json(&json),
        // JSON in JSON, and in JSON again: a body that an answer quotes.
        json_escaped(&twice),
        twice,
        json,
        text.replace('\'', "''"),
        with_lower_escapes(&percent),
        percent,
        percent_encoded(text, " ").replace("%20", "+").replace(' ', "+"),
        percent_encoded(text, "!$&'()*+,;=:@/?"),
        lower_hex.to_uppercase(),
        lower_hex,
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    spellings.extend(base64_forms(bytes));
    spellings
}

/// As between the quotes of a JSON string.
fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As a whole, and the part of it that stays the same wherever the value begins in a longer text: in
/// `user:password` for example.
fn base64_forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![BASE64_STANDARD.encode(bytes), BASE64_STANDARD_NO_PAD.encode(bytes)];
    forms.push(BASE64_URL_SAFE_NO_PAD.encode(bytes));
    for n_before in 0..3 {
        let shifted = [&[0; 2][..n_before], bytes].concat();
        let (from, to) = ((n_before * 8).div_ceil(6), shifted.len() * 8 / 6);
        for encoded in
            [BASE64_STANDARD_NO_PAD.encode(&shifted), BASE64_URL_SAFE_NO_PAD.encode(&shifted)]
        {
            forms.push(encoded[from..to].to_owned());
        }
    }
    forms.into_iter().map(String::into_bytes).collect()
}

/// RFC 3986, `kept` besides the unreserved characters.
fn percent_encoded(text: &str, kept: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if kept.as_bytes().contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            push_percent_encoded(byte, &mut encoded);
        }
    }
    encoded
}

/// JSON whose characters beyond ASCII, and those that HTML knows, are `\uXXXX`.
fn ascii_json(json: &str) -> String {
    let mut escaped = String::new();
    for char in json.chars() {
        if char.is_ascii() && !"<>&'".contains(char) {
            escaped.push(char);
        } else {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                write!(escaped, "\\u{unit:04x}").expect("writing to a String");
            }
        }
    }
    escaped
}

/// `%2F` as `%2f`.
fn with_lower_escapes(encoded: &str) -> String {
    let mut n_escaped = 0;
    let lower = |char: char| {
        if char == '%' {
            n_escaped = 2;
            return char;
        }
        let is_escape = n_escaped > 0;
        n_escaped -= i32::from(is_escape);
        if is_escape { char.to_ascii_lowercase() } else { char }
    };
    encoded.chars().map(lower).collect()
}

/// What is secret of a secret header's value: all of it, and its parts without the scheme's word, as
/// whoever received it may print them.
pub(crate) fn of_header(name: &str, value: &str) -> Vec<String> {
    let mut hidden = vec![value.to_owned()];
    if name.eq_ignore_ascii_case("cookie") {
        let pairs = value.split(';').filter_map(|pair| pair.split_once('='));
        hidden.extend(pairs.map(|(_, value)| value.trim().to_owned()));
    }
    if let Some((scheme, rest)) = value.split_once(' ') {
        hidden.push(rest.trim().to_owned());
        let basic =
            BASE64_STANDARD.decode(rest.trim()).ok().and_then(|b| String::from_utf8(b).ok());
        if let Some(basic) = basic.filter(|_| scheme.eq_ignore_ascii_case("basic")) {
            hidden.extend(basic.split_once(':').map(|(_, password)| password.to_owned()));
            hidden.push(basic);
        }
    }
    hidden
}

/// What is secret of a value that is a whole URL: its path and query too, which its receiver sees alone.
pub(crate) fn of_url(value: &str) -> Vec<String> {
    let mut hidden = vec![value.to_owned()];
    let Ok(url) = Url::parse(value.trim()) else { return hidden };
    hidden.push(url.as_str().to_owned());
    let parts = url.path_segments().into_iter().flatten().chain([url.path()]);
    hidden.extend(parts.filter(|part| part.len() >= PART_BYTES_MIN).map(str::to_owned));
    hidden.extend(url.query().map(str::to_owned));
    hidden.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "pä\"ss/wörd+<1>'s ?";

    fn is_covered(text: &str) -> bool {
        forms(VALUE).iter().any(|form| text.contains(&String::from_utf8_lossy(form).into_owned()))
    }

    #[test]
    fn every_usual_spelling_is_known() {
        let hex = VALUE.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat();
        let query: String = url::form_urlencoded::byte_serialize(VALUE.as_bytes()).collect();
        let mut url = Url::parse("http://h/").unwrap();
        url.set_query(Some(&format!("k={}", percent_encoded(VALUE, ""))));
        for text in [
            VALUE.to_owned(),
            serde_json::to_string(VALUE).unwrap(),
            serde_json::to_string(&serde_json::to_string(VALUE).unwrap()).unwrap(),
            BASE64_STANDARD.encode(VALUE),
            BASE64_URL_SAFE_NO_PAD.encode(VALUE),
            percent_encoded(VALUE, ""),
            with_lower_escapes(&percent_encoded(VALUE, "")),
            url.to_string(),
            query,
            hex.to_lowercase(),
            hex,
            VALUE.replace('\'', "''"),
            r#"p\u00e4\"ss/w\u00f6rd+\u003c1\u003e\u0027s ?"#.to_owned(),
        ] {
            assert!(is_covered(&text), "{text}");
        }
    }

    #[test]
    fn base64_is_known_wherever_the_value_begins_and_ends() {
        for before in ["", "u", "us", "usr:", "user:"] {
            for after in ["", "x", "xy", "xyz"] {
                let encoded = BASE64_STANDARD.encode(format!("{before}{VALUE}{after}"));
                assert!(is_covered(&encoded), "{before} {after}");
            }
        }
    }

    #[test]
    fn a_value_of_many_lines_is_hidden_line_by_line() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nab\n-----END KEY-----\n";
        let forms = forms(key);
        let has = |text: &str| forms.iter().any(|form| form == text.as_bytes());
        assert!(has("MIIEvQIBADANBg") && has(key.trim()) && !has("ab"));
    }

    #[test]
    fn the_parts_of_headers_and_urls_are_secret_too() {
        let has = |hidden: Vec<String>, text: &str| hidden.iter().any(|it| it == text);
        assert!(has(of_header("Authorization", "Bearer abc.def"), "abc.def"));
        let basic = format!("Basic {}", BASE64_STANDARD.encode("ada:hunter2"));
        assert!(has(of_header("Authorization", &basic), "hunter2"));
        assert!(has(of_header("Cookie", "a=1; sid=hunter2"), "hunter2"));
        let hook = "https://hooks.example.com/services/T0000000/xyzxyzxyz?key=hunter2";
        for part in ["T0000000", "/services/T0000000/xyzxyzxyz", "hunter2", "key=hunter2"] {
            assert!(has(of_url(hook), part), "{part}");
        }
    }
}
