//! `docs/orchestrator.md` names everything that there is: commands and flags, settings, routes, metrics, what memory is for.

use crate::support::command::{landfall, said};
use crate::support::daemon::{Daemon, QUIET};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The page, and what in it stands between backticks, where names are told from words.
fn page() -> (String, String) {
    let text = fs::read_to_string(root().join("../../docs/orchestrator.md")).unwrap();
    let code: Vec<_> = text.split('`').skip(1).step_by(2).collect();
    let code = code.join(" ");
    (text, code)
}

/// Fails with all that is missing at once.
fn assert_named(
    what: &str,
    names: impl IntoIterator<Item = String>,
    is_named: impl Fn(&str) -> bool,
) {
    let names: BTreeSet<_> = names.into_iter().collect();
    assert!(names.len() > 3, "only {} {what} were seen", names.len());
    let missing: Vec<_> = names.iter().filter(|name| !is_named(name)).collect();
    assert!(
        missing.is_empty(),
        "docs/orchestrator.md does not name these {what}: {missing:?}"
    );
}

/// Whether `name` stands in `text` as a word of its own.
fn has_word(text: &str, name: &str) -> bool {
    let of_names = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(of_names) && !after.is_some_and(of_names)
    })
}

#[test]
fn every_command_and_every_flag_is_named() {
    let (text, _) = page();
    let help = |command: &str| said(landfall(command).arg("--help")).1;
    let (_, all, _) = said(&mut landfall("--help"));
    let commands = all.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<_> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.contains(&"serve") && commands.contains(&"completions"));
    let flags = commands.iter().flat_map(|command| {
        let help = help(command);
        let flags: Vec<_> = help
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--"))
            .filter_map(|rest| rest.split_whitespace().next())
            .map(|flag| format!("--{flag}"))
            .collect();
        flags
    });
    assert_named("flags", flags.collect::<Vec<_>>(), |flag| {
        has_word(&text, flag)
    });
    let commands = commands.iter().map(|command| format!("landfall {command}"));
    assert_named("commands", commands, |command| has_word(&text, command));
}

#[test]
fn every_setting_is_named() {
    let (_, code) = page();
    let example = fs::read_to_string(root().join("landfall.example.toml")).unwrap();
    // What is set, and what is shown as a comment.
    let keys = example.lines().filter_map(|line| {
        let (key, _) = line.trim_start_matches("# ").split_once(" = ")?;
        let is_key = key.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
        is_key.then(|| key.to_owned())
    });
    assert_named("settings", keys, |key| has_word(&code, key));
}

#[test]
fn every_route_every_metric_every_reason_and_every_part_of_the_memory_is_named() {
    // With a ceiling there are the metrics of it.
    let ceiling = "cpu_percent = 100\nmemory = \"1GiB\"";
    let daemon = Daemon::start(&QUIET.replace("cpu_percent = 100", ceiling));
    let (_, code) = page();
    let own = daemon.service("landfall").unwrap();
    let paths = own["endpoints"]
        .as_object()
        .unwrap()
        .values()
        .map(|endpoint| {
            let path = endpoint["path"].as_str().unwrap();
            path.replace("{id}", "ID").replace("{service}", "NAME")
        });
    assert_named("routes", paths, |path| {
        code.split([' ', ',']).any(|it| it == path)
    });
    let metrics = daemon.get("/metrics", &[]);
    let metrics = metrics
        .text()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(str::to_owned);
    assert_named("metrics", metrics.collect::<Vec<_>>(), |metric| {
        has_word(&code, metric)
    });
    let described = daemon.get("/openapi.json", &[]).json();
    let instance = &described["components"]["schemas"]["Health"]["properties"]["services"]["items"];
    let reasons = instance["properties"]["reason"]["enum"].as_array().unwrap();
    let reasons = reasons.iter().map(|it| it.as_str().unwrap().to_owned());
    assert_named("reasons", reasons, |reason| has_word(&code, reason));
    let memory = daemon.get("/debug/memory", &[]).json();
    let parts = memory["subsystems"].as_object().unwrap().keys().cloned();
    assert_named("parts of the memory", parts, |part| has_word(&code, part));
}
