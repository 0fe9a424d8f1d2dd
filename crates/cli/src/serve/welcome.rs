//! What a person who has just started a server needs to know.

use std::net::SocketAddr;
use std::path::Path;

use horarium_server::data_dir::setup_token_file;
use horarium_server::settings::{LogFormat, Secret, Settings};

/// `setup_token` is there while no user is; it is kept in the data directory.
///
/// For people on stderr. Where a collector reads stderr: as log lines, and the token is only in its file.
pub(super) fn show(settings: &Settings, address: SocketAddr, setup_token: Option<&Secret>) {
    let path = setup_token_file(&settings.data_dir);
    let mut lines = greeting(address, settings);
    match (settings.log.format, setup_token) {
        (LogFormat::Pretty, token) => {
            lines.extend(token.into_iter().flat_map(|token| first_steps(address, token, &path)));
            eprintln!("{}", lines.join("\n"));
        }
        (LogFormat::Json, token) => {
            let hint = format!("no user exists yet: the setup token is in `{}`", path.display());
            lines.extend(token.map(|_in_its_file| hint));
            for line in &lines {
                tracing::info!("{line}");
            }
        }
    }
}

fn greeting(address: SocketAddr, settings: &Settings) -> Vec<String> {
    vec![
        format!("Horarium {} listens on http://{address}", env!("CARGO_PKG_VERSION")),
        format!("  API reference  http://{address}/api/docs"),
        format!("  database       {}", settings.database()),
    ]
}

fn first_steps(address: SocketAddr, token: &Secret, path: &Path) -> [String; 6] {
    let (token, path) = (token.expose(), path.display());
    // Too short to be taken as it is: a password that everybody can read here would be a default one.
    let body =
        format!(r#"{{"token":"{token}","email":"you@example.com","password":"CHOOSE-ONE"}}"#);
    [
        String::new(),
        format!(
            "No user exists yet. This makes the first administrator; its token works once and is in {path}:"
        ),
        String::new(),
        format!("  curl -sS http://{address}/api/v1/setup -H 'Content-Type: application/json' \\"),
        format!("    -d '{body}'"),
        String::new(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_steps_can_be_pasted_into_a_shell() {
        let address = ([127, 0, 0, 1], 8080).into();
        let lines = first_steps(address, &Secret::new("t0ken"), Path::new("data/setup-token"));
        insta::assert_snapshot!(lines[1..5].join("\n"), @r#"
        No user exists yet. This makes the first administrator; its token works once and is in data/setup-token:

          curl -sS http://127.0.0.1:8080/api/v1/setup -H 'Content-Type: application/json' \
            -d '{"token":"t0ken","email":"you@example.com","password":"CHOOSE-ONE"}'
        "#);
    }
}
