//! The reference as a page: plain HTML without scripts, made once from the OpenAPI document.

mod example;
mod html;
mod operation;
mod schema;

use axum::body::Bytes;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use horarium_api::{
    json::Json,
    operations::{OPERATIONS, Operation},
};
use sha2::{Digest as _, Sha256};

use html::{escaped, markdown};
use schema::Schemas;

const STYLE: &str = include_str!("docs/style.css");

pub(super) struct Page {
    pub(super) html: Bytes,
    /// Nothing but the one style sheet in the page itself.
    pub(super) content_security_policy: String,
}

impl Page {
    pub(super) fn render(document: &Json) -> Self {
        let digest = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        Self {
            html: page(document).into(),
            content_security_policy: format!(
                "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'"
            ),
        }
    }
}

fn page(document: &Json) -> String {
    let info = &document["info"];
    let text = |value: &Json| escaped(value.as_str().unwrap_or_default());
    let (title, version, about) =
        (text(&info["title"]), text(&info["version"]), markdown(&info["description"]));
    let schemas = Schemas::of(document);
    let (navigation, operations) = (navigation(), operations(document, &schemas));
    let schemas = schemas.sections();
    format!(
        r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} API</title>
<style>{STYLE}</style>
</head>
<body>
<nav aria-label="Operations">
<header><a class="brand" href="#top">{title}</a> <span class="version">{version}</span></header>
{navigation}
<h2><a href="#schemas">Schemas</a></h2>
</nav>
<main id="top">
<h1>{title} API</h1>
<p>{about}</p>
<p>The same as a document for programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<section class="box">
<h2>Signing in</h2>
<p>Send <code>X-Api-Key: hor_…</code> or <code>Authorization: Bearer …</code> with every request that is not
marked <em>anyone</em>. Tokens come from <a href="#login">login</a>, keys from <a href="#createApiKey">API keys</a>.
The examples below expect the server's address in <code>$HORARIUM</code> and a key in <code>$KEY</code>.</p>
</section>
{operations}
<h2 id="schemas">Schemas</h2>
{schemas}
</main>
</body>
</html>
"##
    )
}

/// Tags in the order of the table.
fn tags() -> Vec<&'static str> {
    let mut tags: Vec<&str> = Vec::new();
    for operation in OPERATIONS {
        if !tags.contains(&operation.tag) {
            tags.push(operation.tag);
        }
    }
    tags
}

fn tagged(tag: &str) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(move |operation| operation.tag == tag)
}

fn navigation() -> String {
    let group = |tag: &&str| {
        let links: Vec<String> = tagged(tag)
            .map(|operation| {
                let (id, badge) = (operation.id, html::badge(operation.method));
                let summary = escaped(operation.summary);
                format!("<li><a href=\"#{id}\">{badge} <span>{summary}</span></a></li>\n")
            })
            .collect();
        format!("<h2>{tag}</h2>\n<ul>\n{}</ul>\n", links.concat())
    };
    tags().iter().map(group).collect()
}

fn operations(document: &Json, schemas: &Schemas<'_>) -> String {
    let group = |tag: &&str| {
        let sections: String =
            tagged(tag).map(|row| operation::section(row, document, schemas)).collect();
        format!("<h2 class=\"tag\">{tag}</h2>\n{sections}")
    };
    tags().iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_operation_and_schema_and_nothing_that_runs() {
        let document = horarium_api::openapi::document("1.2.3");
        let page = page(&document);
        for operation in OPERATIONS {
            assert!(
                page.contains(&format!("<article id=\"{}\"", operation.id)),
                "{}",
                operation.id
            );
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
        for forbidden in ["<script", "javascript:", "style=\"", "onclick", "http://", "https://cdn"]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn every_link_within_the_page_leads_somewhere() {
        let page = page(&horarium_api::openapi::document("1"));
        for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
        }
    }
}
