//! The catalog as clients get it.

use crate::support::backend::Backend;
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use flate2::read::GzDecoder;
use landfall_protocol::catalog::Document;
use std::io::Read;

const PATH: &str = "/.well-known/landfall";

#[test]
fn the_daemon_lists_itself_with_the_routes_that_it_has() {
    let daemon = Daemon::start(QUIET);
    let own = daemon.service("landfall").unwrap();
    assert_eq!(
        own["instances"][0]["url"],
        format!("http://{}", daemon.address)
    );
    assert_eq!(own["instances"][0]["health"], "healthy");
    let endpoints = own["endpoints"].as_object().unwrap();
    assert_eq!(endpoints["events"]["protocol"], "sse");
    for endpoint in endpoints
        .values()
        .filter(|it| it["protocol"] == "http" && it["methods"]["GET"].is_string())
    {
        let path = endpoint["path"].as_str().unwrap();
        let status = if path.contains('{') { 404 } else { 200 };
        assert_eq!(daemon.get(path, &[]).status, status, "{path}");
    }
}

#[test]
fn settings_reach_the_page_and_the_protocol_reads_the_document() {
    let daemon = Daemon::start(&format!(
        "name = \"workshop\"\nttl = \"45s\"\n{QUIET}
[config]
API_BASE_URL = \"http://localhost:8010\"
nested = {{ list = [1, 2.5, true, \"x\"] }}

[[services]]
name = \"chat\"
url = \"http://127.0.0.1:1\"
weight = 7
[services.endpoints.updates]
path = \"/ws/updates\"
protocol = \"websocket\"
[services.endpoints.message]
path = \"/messages/{{id}}\"
methods = [\"GET\", \"DELETE\"]
"
    ));
    let catalog = daemon.catalog();
    assert_eq!(catalog["name"], "workshop");
    assert_eq!(catalog["ttl"], 45);
    assert_eq!(
        catalog["config"]["nested"]["list"],
        serde_json::json!([1, 2.5, true, "x"])
    );
    let chat = daemon.service("chat").unwrap();
    assert_eq!(chat["instances"][0]["weight"], 7);
    assert_eq!(chat["endpoints"]["updates"]["protocol"], "websocket");
    assert_eq!(
        chat["endpoints"]["message"]["methods"],
        serde_json::json!({ "GET": "catalog", "DELETE": "catalog" })
    );
    let document = Document::from_json(&catalog).unwrap();
    assert_eq!(document.services.len(), 2);
}

#[test]
fn a_catalog_that_is_known_is_not_sent_again() {
    let daemon = Daemon::start(QUIET);
    let first = daemon.get(PATH, &[]);
    assert_eq!(
        (first.status, first.field("content-type")),
        (200, "application/json")
    );
    assert_eq!(
        (first.field("cache-control"), first.field("vary")),
        ("no-cache", "Accept-Encoding, Origin")
    );
    let etag = first.field("etag");
    assert!(etag.starts_with('"'), "{etag} is not a strong tag");
    let again = daemon.get(PATH, &[("If-None-Match", etag)]);
    assert_eq!(
        (again.status, again.field("etag"), again.body.len()),
        (304, etag, 0)
    );
    assert_eq!(
        daemon.get(PATH, &[("If-None-Match", "\"other\"")]).status,
        200
    );
}

#[test]
fn gzip_carries_the_same_document_under_another_tag() {
    let daemon = Daemon::start(QUIET);
    let (plain, packed) = (
        daemon.get(PATH, &[]),
        daemon.get(PATH, &[("Accept-Encoding", "br;q=0.5, gzip")]),
    );
    assert_eq!(packed.field("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.body.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
    assert_ne!(packed.field("etag"), plain.field("etag"));
    let again = daemon.get(
        PATH,
        &[
            ("Accept-Encoding", "gzip"),
            ("If-None-Match", packed.field("etag")),
        ],
    );
    assert_eq!(again.status, 304);
}

#[test]
fn brotli_is_what_a_browser_gets() {
    let daemon = Daemon::start(QUIET);
    let accept = ("Accept-Encoding", "gzip, deflate, br, zstd");
    let packed = daemon.get(PATH, &[accept]);
    assert_eq!(packed.field("content-encoding"), "br");
    assert!(
        packed.field("etag").ends_with(".br\""),
        "{}",
        packed.field("etag")
    );
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut packed.body.as_slice(), &mut unpacked).unwrap();
    assert_eq!(unpacked, daemon.get(PATH, &[]).body);
    let known = ("If-None-Match", packed.field("etag"));
    assert_eq!(daemon.get(PATH, &[accept, known]).status, 304);
    // The tag of one encoding is not that of another.
    assert_eq!(daemon.get(PATH, &[known]).status, 200);
}

#[test]
fn a_part_of_the_catalog_is_chosen_by_service_and_by_label() {
    let daemon = Daemon::start(&format!(
        "{QUIET}[[services]]\nname = \"search\"\nurl = \"http://127.0.0.1:9\"\nlabels = {{ team = \"data\", tier = \"back\" }}\n"
    ));
    let shop = serde_json::json!({
        "name": "shop", "lease": 3600, "instances": [{ "url": "http://127.0.0.1:19" }],
        "endpoints": { "a": { "path": "/a" } }, "labels": { "team": "shop", "tier": "back" }
    });
    assert_eq!(daemon.send("POST", "/v1/services", &shop).status, 201);
    eventually("it is published", || daemon.service("shop"));
    let names = |query: &str| {
        let view = daemon.get(&format!("{PATH}?{query}"), &[]).json();
        let document = Document::from_json(&view).unwrap();
        let names: Vec<_> = document
            .services
            .iter()
            .map(|it| it.name.to_string())
            .collect();
        names.join(" ")
    };
    for (query, found) in [
        ("service=shop", "shop"),
        ("service=landfall&service=search", "landfall search"),
        ("label=tier=back", "search shop"),
        ("label=tier%3Dback&label=team=data", "search"),
        ("service=nobody", ""),
    ] {
        assert_eq!(names(query), found, "{query}");
    }
    let view = daemon.get(&format!("{PATH}?service=shop"), &[]);
    assert_ne!(view.field("etag"), daemon.get(PATH, &[]).field("etag"));
    assert_eq!(view.json()["services"][0]["labels"]["team"], "shop");
    let wrong = [("Origin", "http://localhost:3000")];
    let wrong = daemon.get(&format!("{PATH}?label=team"), &wrong);
    assert_eq!(wrong.status, 400);
    assert_eq!(
        wrong.field("access-control-allow-origin"),
        "http://localhost:3000"
    );
}

#[test]
fn checks_that_change_nothing_make_no_revision_and_a_change_of_class_makes_one() {
    let backend = Backend::start(&[("/up", 200, "{}")]);
    let daemon = Daemon::start(&format!(
        "{QUIET}[checks]\ninterval = \"50ms\"\n[[services]]\nname = \"it\"\nurl = \"{}\"\nhealth_path = \"/up\"\n[services.endpoints.a]\npath = \"/a\"\nmethods = [\"GET\"]\n",
        backend.url()
    ));
    let health = || daemon.service("it").unwrap()["instances"][0]["health"].clone();
    eventually("the service is healthy", || {
        (health() == "healthy").then_some(())
    });
    let before = daemon.get(PATH, &[]);
    let asked = backend.asked().len();
    eventually("more checks", || {
        (backend.asked().len() > asked + 5).then_some(())
    });
    assert_eq!(daemon.get(PATH, &[]).field("etag"), before.field("etag"));
    backend.answer("/up", 503, "{}");
    eventually("the service is unhealthy", || {
        (health() == "unhealthy").then_some(())
    });
    assert_ne!(daemon.get(PATH, &[]).field("etag"), before.field("etag"));
    assert!(daemon.catalog()["revision"].as_u64() > before.json()["revision"].as_u64());
    assert!(
        backend
            .asked()
            .iter()
            .all(|line| line.starts_with("GET /up ")),
        "{:?}",
        backend.asked()
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_large_document_that_is_asked_for_often_is_the_same_from_its_file() {
    let service = |index: u32, path: &str| {
        let url = format!("http://127.0.0.1:{}", 1 + index);
        format!(
            "[[services]]\nname = \"service-{index}\"\nurl = \"{url}\"\n\
             [services.endpoints]\nitems = {{ path = \"{path}\", methods = [\"GET\"] }}\n"
        )
    };
    let settings = |path: &str| {
        let services: String = (0..200).map(|index| service(index, path)).collect();
        format!("{QUIET}\n{services}")
    };
    let daemon = Daemon::start(&settings("/items"));
    let from_file = || {
        let files = std::fs::read_dir(format!("/proc/{}/fd", daemon.pid())).unwrap();
        let names = files.filter_map(|it| std::fs::read_link(it.ok()?.path()).ok());
        let folder = daemon.folder().to_owned();
        let deleted = |name: &std::path::Path| name.to_string_lossy().ends_with(" (deleted)");
        names
            .filter(|it| it.starts_with(&folder) && deleted(it))
            .count()
    };
    // Once all are checked the document stays as it is.
    let steady = || {
        let tag = daemon.get(PATH, &[]).field("etag").to_owned();
        let all = (0..150).map(|_| daemon.get(PATH, &[]));
        let all: Vec<_> = all.collect();
        let same = all
            .iter()
            .all(|it| it.status == 200 && it.field("etag") == tag);
        same.then(|| all.into_iter().map(|it| it.body).collect::<Vec<_>>())
    };
    for path in ["/items", "/things"] {
        std::fs::write(daemon.folder().join("landfall.toml"), settings(path)).unwrap();
        eventually("the settings are taken in", || {
            let catalog = daemon.catalog();
            let shown = catalog["services"].to_string();
            shown.contains(&format!("\"{path}\"")).then_some(())
        });
        eventually("the document is asked for often and is in a file", || {
            steady().filter(|_| from_file() == 1)
        });
        let bodies = eventually("the document stays the same", steady);
        assert_eq!(from_file(), 1);
        assert!(bodies[0].len() > 16 << 10);
        assert!(bodies.iter().all(|body| *body == bodies[0]));
    }
}
