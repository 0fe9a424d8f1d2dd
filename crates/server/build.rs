//! Lists the files of the dashboard, `ui/dist`, so that the binary holds them. npm is never run
//! here: without that folder the list is empty and the server says how to make it.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let ui = variable("CARGO_MANIFEST_DIR")?.join("../../ui");
    let dist = ui.join("dist");
    let mut files = Vec::new();
    if dist.is_dir() {
        println!("cargo::rerun-if-changed={}", dist.display());
        list(&dist, "", &mut files)?;
    } else if ui.is_dir() {
        // A path that is not there would run this at every build; its folder changes when it comes.
        println!("cargo::rerun-if-changed={}", ui.display());
    }
    files.sort();
    let mut source = String::from("&[\n");
    for (name, path) in &files {
        let path = path.to_string_lossy();
        let (name, path) = (name.escape_default(), path.escape_default());
        writeln!(source, "    (\"{name}\", include_bytes!(\"{path}\")),")
            .map_err(io::Error::other)?;
    }
    source.push(']');
    fs::write(variable("OUT_DIR")?.join("dashboard_files.rs"), source)
}

fn list(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path().canonicalize()?));
        }
    }
    Ok(())
}
