//! The dashboard's files: those built into the binary, or those of a folder.
//!
//! Every path below `/dashboard` that is no file is the page itself: it reads the rest of its address.

use std::{collections::BTreeMap, fs, io, path::Path};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// What `build.rs` found in `ui/dist`; nothing when the dashboard was not built first.
const BUILT_IN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/dashboard_files.rs"));
const PAGE: &str = "index.html";
const NOT_BUILT: &str = include_str!("dashboard/not_built.html");
/// Files in here carry the hash of their content in their name.
const HASHED: &str = "assets/";
/// The compressed form of `x.js` is `x.js.gz`.
const COMPRESSED: &str = ".gz";

const FILES_MAX: usize = 1_000;
const BYTES_MAX: u64 = 64 << 20;

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// May be kept, must be asked about.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; \
     trusted-types 'none'",
);

/// The files by their path below `/dashboard/`.
pub struct Dashboard {
    files: BTreeMap<String, File>,
}

struct File {
    plain: Bytes,
    gzip: Option<Bytes>,
    content_type: &'static str,
    etag: String,
}

impl Dashboard {
    /// Those built in; without any, a page that says how to build them.
    pub fn built_in() -> Self {
        if BUILT_IN.iter().any(|(path, _)| *path == PAGE) {
            let files = BUILT_IN.iter();
            return Self::of(
                files.map(|(path, bytes)| ((*path).to_owned(), Bytes::from_static(bytes))),
            );
        }
        Self::of([(PAGE.to_owned(), Bytes::from_static(NOT_BUILT.as_bytes()))])
    }

    /// Those of a folder, read once.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read, has no `index.html`, or is larger than a dashboard can be.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut found = Vec::new();
        let mut n_bytes = 0;
        collect(folder, "", &mut found, &mut n_bytes)?;
        if !found.iter().any(|(path, _)| path == PAGE) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "it has no index.html"));
        }
        Ok(Self::of(found))
    }

    fn of(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let mut all: BTreeMap<String, Bytes> = files.into_iter().collect();
        let plain: Vec<String> =
            all.keys().filter(|path| !path.ends_with(COMPRESSED)).cloned().collect();
        let files = plain.into_iter().filter_map(|path| {
            let bytes = all.remove(&path)?;
            let gzip = all.remove(&format!("{path}{COMPRESSED}"));
            let digest = Sha256::digest(&bytes);
            let etag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]));
            let content_type = content_type(&path);
            Some((path, File { plain: bytes, gzip, content_type, etag }))
        });
        Self { files: files.collect() }
    }

    /// The file at a path below `/dashboard/`, or the page. `None` for a file that is not there.
    pub(super) fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let file = match self.files.get(path) {
            Some(file) => file,
            None if path.starts_with(HASHED) => return None,
            None => self.files.get(PAGE)?,
        };
        let mut response = file.answer(headers);
        let kept = if path.starts_with(HASHED) { FOREVER } else { REVALIDATE };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, kept);
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        Some(response)
    }
}

impl File {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|tags| {
            tags.to_str().is_ok_and(|tags| tags.split(',').any(|tag| tag.trim() == self.etag))
        });
        let mut response = match &self.gzip {
            _ if is_known => StatusCode::NOT_MODIFIED.into_response(),
            Some(gzip) if takes_gzip(headers) => {
                ([(header::CONTENT_ENCODING, "gzip")], gzip.clone()).into_response()
            }
            _ => self.plain.clone().into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = values.filter_map(|value| value.to_str().ok()).flat_map(|it| it.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let is_refused =
            parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        is_gzip && !is_refused
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

fn collect(
    folder: &Path,
    prefix: &str,
    found: &mut Vec<(String, Bytes)>,
    n_bytes: &mut u64,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let (path, kind) = (format!("{prefix}{name}"), entry.file_type()?);
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), found, n_bytes)?;
        } else if kind.is_file() {
            *n_bytes += entry.metadata()?.len();
            if found.len() >= FILES_MAX || *n_bytes > BYTES_MAX {
                let why = format!("it has more than {FILES_MAX} files or {BYTES_MAX} bytes");
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
            }
            found.push((path, fs::read(entry.path())?.into()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Dashboard {
        let file =
            |path: &str, text: &'static str| (path.to_owned(), Bytes::from_static(text.as_bytes()));
        Dashboard::of([
            file("index.html", "page"),
            file("assets/a-1.js", "plain"),
            file("assets/a-1.js.gz", "zipped"),
        ])
    }

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn what_is_no_file_is_the_page_but_not_among_the_hashed_files() {
        let check = |path: &str, expect: Option<&str>| {
            let answer = sample().answer(path, &HeaderMap::new());
            let found =
                answer.map(|it| it.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned());
            assert_eq!(found.as_deref(), expect, "{path}");
        };
        check("", Some("text/html; charset=utf-8"));
        check("jobs/0198c0de/executions", Some("text/html; charset=utf-8"));
        check("../../etc/passwd", Some("text/html; charset=utf-8"));
        check("assets/a-1.js", Some("text/javascript; charset=utf-8"));
        check("assets/a-0.js", None);
        check("assets/../index.html", None);
    }

    #[test]
    fn the_compressed_form_goes_to_those_who_take_it() {
        let check = |value: &str, expect: bool| {
            let answer = sample().answer("assets/a-1.js", &headers(header::ACCEPT_ENCODING, value));
            let is_gzip = answer.unwrap().headers().contains_key(header::CONTENT_ENCODING);
            assert_eq!(is_gzip, expect, "{value}");
        };
        check("gzip, deflate, br", true);
        check("br;q=1.0, GZIP;q=0.5", true);
        check("br", false);
        check("gzip;q=0", false);
        check("", false);
    }

    #[test]
    fn a_kept_page_is_not_sent_again_and_hashed_files_are_never_asked_about() {
        let page = sample().answer("", &HeaderMap::new()).unwrap();
        let etag = page.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(page.headers()[header::CACHE_CONTROL], REVALIDATE);
        let again = sample().answer("jobs", &headers(header::IF_NONE_MATCH, &etag)).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let file = sample().answer("assets/a-1.js", &HeaderMap::new()).unwrap();
        assert_eq!(file.headers()[header::CACHE_CONTROL], FOREVER);
    }

    #[test]
    fn a_folder_without_the_page_is_refused_by_that_reason() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Dashboard::read(folder.path()).err().unwrap();
        assert_eq!(refused.to_string(), "it has no index.html");
        fs::create_dir(folder.path().join("assets")).unwrap();
        fs::write(folder.path().join("index.html"), "x").unwrap();
        fs::write(folder.path().join("assets/b.css"), "x").unwrap();
        let read = Dashboard::read(folder.path()).unwrap();
        assert!(read.answer("assets/b.css", &HeaderMap::new()).is_some());
    }

    #[test]
    fn there_is_always_a_page() {
        let page = Dashboard::built_in().answer("jobs", &HeaderMap::new()).unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        assert!(NOT_BUILT.contains("make run") && !NOT_BUILT.contains("<script"));
    }
}
