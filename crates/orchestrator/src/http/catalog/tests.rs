//! The catalog without a server.

use super::*;
use hyper::body::Body;
use hyper::header::ETAG;
use landfall_protocol::catalog::{Change, Document, HealthClass, Instance, Service};
use landfall_protocol::id::Epoch;
use landfall_protocol::name::Name;
use landfall_protocol::url::BaseUrl;
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const NOBODY: &[wire::Service] = &[];

fn service(name: &str, health: HealthClass, team: &str) -> wire::Service {
    let url = BaseUrl::parse("http://127.0.0.1:8000").unwrap();
    let instances = vec![Instance {
        url,
        weight: 100,
        health,
    }];
    let service = Service {
        name: Name::parse(name).unwrap(),
        title: None,
        instances,
        endpoints: Vec::new(),
    };
    let labels = [("team".to_owned(), team.to_owned())];
    wire::Service {
        labels: labels.into(),
        ..service.to_wire()
    }
}

fn healthy(name: &str) -> wire::Service {
    service(name, HealthClass::Healthy, "shop")
}

fn catalog(services: &[wire::Service]) -> Catalog {
    let mut config = Map::new();
    config.insert("THEME".to_owned(), Value::from("dark"));
    let frame = Frame {
        name: Some("workshop".to_owned()),
        epoch: Epoch::new("abc", 3).unwrap(),
        ttl: 30,
        events: "/events",
        config,
    };
    Catalog::new(frame, services).unwrap()
}

fn revision(catalog: &Catalog) -> u64 {
    catalog.current().stamp().revision
}

fn read(json: &[u8]) -> Document<Value> {
    Document::from_json(&serde_json::from_slice(json).unwrap()).unwrap()
}

/// The names in a view, and its tag.
fn view(catalog: &Catalog, query: &str) -> (Vec<String>, String) {
    let reply = catalog.reply(Some(query), &HeaderMap::new());
    let tag = reply.headers()[ETAG].to_str().unwrap().to_owned();
    let super::super::body::ReplyBody::Whole(Some(bytes)) = reply.into_body() else {
        panic!("{query}: nothing");
    };
    let document = read(&bytes);
    let names = document.services.iter().map(|it| it.name.to_string());
    (names.collect(), tag)
}

#[test]
fn the_revision_moves_with_the_document_and_with_nothing_else() {
    let catalog = catalog(&[healthy("a")]);
    assert!(catalog.update(&[healthy("a")]).unwrap().is_none());
    assert_eq!(revision(&catalog), 1);
    let degraded = service("a", HealthClass::Degraded, "shop");
    assert!(catalog.update(&[degraded]).unwrap().is_some());
    assert_eq!(revision(&catalog), 2);
    catalog.update(NOBODY).unwrap();
    assert_eq!(revision(&catalog), 3);
    assert!(catalog.update(NOBODY).unwrap().is_none());
}

#[test]
fn what_no_change_tells_of_is_told_with_the_whole_document() {
    let catalog = catalog(&[healthy("a")]);
    let first = catalog.current().stamp().clone();
    catalog.reframe(|frame| frame.ttl = 30);
    assert!(catalog.update(&[healthy("a")]).unwrap().is_none());
    catalog.reframe(|frame| frame.ttl = 7);
    // Nothing shows before it is published.
    assert_eq!(read(catalog.current().json()).ttl, 30);
    let news = catalog.update(&[healthy("a")]).unwrap().unwrap();
    assert_eq!(
        (revision(&catalog), news.change()),
        (2, news.published.event())
    );
    assert_eq!(read(news.published.json()).ttl, 7);
    assert_eq!(catalog.since(Some(&first)), [news.published.event()]);
}

#[test]
fn the_protocol_reads_what_is_published() {
    let catalog = catalog(&[healthy("a"), healthy("b")]);
    let document = read(catalog.current().json());
    assert_eq!(document.config.as_ref().unwrap()["THEME"], "dark");
    assert_eq!(document.stamp.as_ref(), Some(catalog.current().stamp()));
    assert_eq!(
        (document.name.unwrap().as_str(), document.ttl),
        ("workshop", 30)
    );
    let names: Vec<_> = document
        .services
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["a", "b"]);
    let json: Value = serde_json::from_slice(catalog.current().json()).unwrap();
    assert_eq!(json["services"][1]["labels"]["team"], "shop");
}

#[test]
fn a_view_is_a_part_of_the_document_with_a_tag_of_its_own() {
    let other = service("c", HealthClass::Healthy, "search");
    let catalog = catalog(&[healthy("a"), healthy("b"), other.clone()]);
    let mut tags = Vec::new();
    for (query, names) in [
        ("", &["a", "b", "c"][..]),
        ("service=b", &["b"]),
        ("service=c&service=a", &["a", "c"]),
        ("label=team=shop", &["a", "b"]),
        ("label=team=shop&service=b&service=c", &["b"]),
        ("label=team=shop&label=team=search", &[]),
        ("service=nobody", &[]),
    ] {
        let (seen, tag) = view(&catalog, query);
        assert_eq!(seen, names, "{query}");
        assert!(!tags.contains(&tag), "{query}: {tag}");
        tags.push(tag);
    }
    let before = view(&catalog, "service=b").1;
    catalog.update(&[healthy("b"), other]).unwrap();
    assert_ne!(view(&catalog, "service=b").1, before);
    let refused = catalog.reply(Some("label=team"), &HeaderMap::new());
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[test]
fn no_more_views_are_kept_than_are_looked_at() {
    let catalog = catalog(&[healthy("a")]);
    let most = {
        for n in 0..16 {
            view(&catalog, &format!("service=s{n}"));
        }
        catalog.kept()
    };
    for n in 0..1_000 {
        view(&catalog, &format!("service=s{}", n % 50));
    }
    assert!(catalog.kept() <= most + 16 * 2, "{} {most}", catalog.kept());
}

#[test]
fn whoever_missed_little_gets_the_changes_and_whoever_missed_much_the_document() {
    let services: Vec<_> = (0..50).map(|n| healthy(&format!("s{n:02}"))).collect();
    let catalog = catalog(&services);
    let first = catalog.current().stamp().clone();
    assert!(catalog.since(Some(&first)).is_empty());
    for n in 0..70 {
        let mut services = services.clone();
        services[n % 50] = service(&format!("s{:02}", n % 50), HealthClass::Degraded, "shop");
        assert!(catalog.update(&services).unwrap().is_some());
    }
    let whole = [catalog.current().event()];
    let since = |revision| {
        let epoch = first.epoch.clone();
        catalog.since(Some(&Stamp { epoch, revision }))
    };
    assert_eq!(since(70).len(), 1);
    assert!(since(70)[0].starts_with(b"event: change\nid: abc:3:71\n"));
    assert_eq!(since(68).len(), 3);
    // The log would be longer than the document; it does not reach back so far; nobody can know that yet.
    for missed_too_much in [30, 1, 72] {
        assert_eq!(since(missed_too_much), whole, "{missed_too_much}");
    }
    let other_run = Stamp {
        epoch: Epoch::new("abc", 2).unwrap(),
        revision: 70,
    };
    assert_eq!(catalog.since(Some(&other_run)), whole);
    assert_eq!(catalog.since(None), whole);
}

#[test]
fn a_change_that_is_longer_than_the_document_is_told_by_the_document() {
    let catalog = catalog(&[]);
    let news = catalog.update(&[healthy("a")]).unwrap().unwrap();
    assert_eq!(news.change(), news.published.event());
    let before = Stamp {
        epoch: news.published.stamp().epoch.clone(),
        revision: 1,
    };
    assert_eq!(catalog.since(Some(&before)), [news.published.event()]);
}

fn data(event: &[u8]) -> Value {
    let text = std::str::from_utf8(event).unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
    serde_json::from_str(data.unwrap()).unwrap()
}

proptest! {
    #[test]
    fn the_changes_lead_to_the_document(
        history in proptest::collection::vec(
            proptest::collection::btree_map("[a-f]", 0..3_usize, 0..6),
            1..20,
        ),
        from in 0..20_usize,
    ) {
        let classes = [HealthClass::Healthy, HealthClass::Degraded, HealthClass::Unhealthy];
        // Enough that does not change for changes to be shorter than the document.
        let still: Vec<_> = (0..30).map(|n| healthy(&format!("z{n:02}"))).collect();
        let services = |state: &BTreeMap<String, usize>| -> Vec<wire::Service> {
            let of_state = state.iter().map(|(name, class)| service(name, classes[*class], "shop"));
            of_state.chain(still.iter().cloned()).collect()
        };
        let catalog = catalog(&services(&BTreeMap::new()));
        let mut known = read(catalog.current().json());
        for (step, state) in history.iter().enumerate() {
            catalog.update(services(state)).unwrap();
            if step == from {
                known = read(catalog.current().json());
            }
        }
        for event in catalog.since(known.stamp.as_ref()) {
            known = if event.starts_with(b"event: change") {
                Change::from_json(&data(&event)).unwrap().apply(&known).unwrap().unwrap()
            } else {
                Document::from_json(&data(&event)).unwrap()
            };
        }
        prop_assert_eq!(known, read(catalog.current().json()));
    }
}

#[test]
fn an_empty_view_is_a_whole_document() {
    let catalog = catalog(&[]);
    let reply = catalog.reply(Some("service=a"), &HeaderMap::new());
    assert_eq!(reply.status(), StatusCode::OK);
    assert!(reply.body().size_hint().exact() > Some(50));
}

/// Whether the present document is kept without its plain bytes.
fn is_packed(catalog: &Catalog) -> bool {
    catalog.current().whole().is_packed()
}

#[tokio::test(start_paused = true)]
async fn a_large_document_that_nobody_wants_as_it_is_is_kept_compressed() {
    let many: Vec<_> = (0..1_000).map(|n| healthy(&format!("s{n:04}"))).collect();
    let catalog = catalog(&many);
    let (whole, kept) = (catalog.current().json().clone(), catalog.kept());
    let whole_twice = whole.len() * 2;
    assert!(kept >= whole.len() && kept < whole_twice);
    let packing = catalog.pack_when_unwanted();
    tokio::pin!(packing);
    let mut pass = async |seconds| {
        let time = Duration::from_secs(seconds);
        assert!(tokio::time::timeout(time, &mut packing).await.is_err());
    };
    pass(60).await;
    assert!(is_packed(&catalog) && catalog.kept() < whole.len() / 4);

    // What is compared with it, cut out of it or asked for finds it as it was.
    assert!(catalog.update(&many).unwrap().is_none());
    assert_eq!(catalog.current().json(), &whole);
    pass(60).await;
    let (names, _) = view(&catalog, "service=s0007");
    assert_eq!(names, ["s0007"]);
    pass(60).await;
    assert!(is_packed(&catalog));
    let news = catalog.update(&many[1..]).unwrap().unwrap();
    assert!(news.change().starts_with(b"event: change"));

    // It stays while somebody wants it.
    for _ in 0..10 {
        catalog.reply(None, &HeaderMap::new());
        pass(15).await;
        assert!(!is_packed(&catalog));
    }
    pass(60).await;
    assert!(is_packed(&catalog));
}

#[tokio::test(start_paused = true)]
async fn a_small_document_stays_as_it_is() {
    let catalog = catalog(&[healthy("a")]);
    let packing = catalog.pack_when_unwanted();
    assert!(
        tokio::time::timeout(Duration::from_secs(60), packing)
            .await
            .is_err()
    );
    assert!(!is_packed(&catalog));
}
