//! Packs the built dashboard (`www/app/dist`) into the daemon.
//!
//! The files are compressed here, once, so that the daemon neither compresses at run time nor carries both forms. Without
//! a built dashboard the list is empty and the daemon says so on its page.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Source maps are for whoever develops the dashboard, who has them on disk.
const LEFT_OUT: [&str; 2] = ["map", "LICENSE.txt"];

fn main() -> io::Result<()> {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/app");
    let dist = app.join("dist");
    let out = PathBuf::from(
        std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?,
    );
    println!("cargo::rerun-if-changed=build.rs");
    // A path that is not there counts as changed, always: until there is a `dist`, its parent is watched for one.
    let watched = [dist.as_path(), &app]
        .into_iter()
        .find(|path| path.is_dir());
    if let Some(watched) = watched {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    let mut files = Vec::new();
    if dist.is_dir() {
        list(&dist, &mut files)?;
    }
    let mut assets: Vec<_> = files
        .into_iter()
        .map(|file| (url_path(&dist, &file), file))
        .collect();
    assets.sort();
    let mut code = format!("static ASSETS: [Asset; {}] = [\n", assets.len());
    for (index, (path, file)) in assets.iter().enumerate() {
        let bytes = fs::read(file)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        let packed = out.join(format!("asset-{index}.gz"));
        fs::write(&packed, encoder.finish()?)?;
        let digest = fnv(&bytes);
        writeln!(code, "Asset {{ path: {path:?}, packed: include_bytes!({packed:?}), digest: \"{digest:016x}\" }},")
            .map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    fs::write(out.join("assets.rs"), code)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            list(&path, files)?;
        } else if !LEFT_OUT
            .iter()
            .any(|ending| name.ends_with(&format!(".{ending}")))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn url_path(dist: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(dist).unwrap_or(file);
    relative.components().fold(String::new(), |path, part| {
        path + "/" + &part.as_os_str().to_string_lossy()
    })
}

/// FNV-1a, 64 bits: tells one build's file from another's.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
