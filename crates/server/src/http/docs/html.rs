//! Pieces of HTML.

use horarium_api::{json::Json, operations::Method};

/// Text as it may stand between tags and in quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char => escaped.push(char),
        }
    }
    escaped
}

/// A description: what stands between backticks is code.
pub(super) fn markdown(text: &Json) -> String {
    let text = escaped(text.as_str().unwrap_or_default());
    let parts = text.split('`').enumerate();
    parts
        .map(|(n, part)| if n % 2 == 0 { part.to_owned() } else { format!("<code>{part}</code>") })
        .collect()
}

pub(super) fn badge(method: Method) -> String {
    let name = method.name();
    format!("<b class=\"method {}\">{name}</b>", name.to_lowercase())
}

/// A table; nothing without rows.
pub(super) fn table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heads = heads.join("</th><th scope=\"col\">");
    let row = |cells: &Vec<String>| format!("<tr><td>{}</td></tr>\n", cells.join("</td><td>"));
    let rows: String = rows.iter().map(row).collect();
    let caption = if caption.is_empty() { String::new() } else { format!("<h4>{caption}</h4>\n") };
    format!(
        "{caption}<div class=\"table\"><table>\n<thead><tr><th scope=\"col\">{heads}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(
            escaped("<a href='x'>&\"</a>"),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;"
        );
        assert_eq!(markdown(&Json::from("a `<b>` c")), "a <code>&lt;b&gt;</code> c");
    }
}
