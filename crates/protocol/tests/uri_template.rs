//! The community's test cases of RFC 6570, as far as they apply to path templates.
//!
//! A path template begins with a slash and knows one kind of expression, `{name}` with a string for its value. So each case
//! gets a slash in front where it has none, and is one of four: it *expands* as the corpus says; it uses a higher level's
//! expression, or a query or fragment, and is *refused*; its value is *missing* (RFC 6570 leaves the place empty, a path
//! may not); or its value is *no string*, which cannot be handed in at all. The counts keep a case from slipping away.

use landfall_protocol::template::{ExpandError, PathTemplate};
use serde_json::{Map, Value};

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    expanded: u32,
    refused: u32,
    missing: u32,
    no_string: u32,
}

fn absolute(text: &str) -> String {
    if text.starts_with('/') {
        text.to_owned()
    } else {
        "/".to_owned() + text
    }
}

/// The variables of a group, and its cases: a template and what it should give.
type Group = (Map<String, Value>, Vec<(String, Value)>);

fn groups(corpus: &str) -> Vec<Group> {
    let corpus: Map<String, Value> = serde_json::from_str(corpus).unwrap();
    let group = |group: &Value| {
        let case = |case: &Value| (absolute(case[0].as_str().unwrap()), case[1].clone());
        let cases = group["testcases"]
            .as_array()
            .unwrap()
            .iter()
            .map(case)
            .collect();
        (group["variables"].as_object().unwrap().clone(), cases)
    };
    corpus.values().map(group).collect()
}

fn run(corpus: &str) -> Counts {
    let mut counts = Counts::default();
    for (variables, cases) in groups(corpus) {
        for (text, expected) in cases {
            let Ok(template) = PathTemplate::parse(&text) else {
                assert!(is_beyond_level_1(&text), "{text} was refused");
                counts.refused += 1;
                continue;
            };
            assert!(!is_beyond_level_1(&text), "{text} was accepted");
            if template
                .variables()
                .any(|name| !(variables[name].is_string() || variables[name].is_null()))
            {
                counts.no_string += 1;
                continue;
            }
            match template.expand(&|name| variables[name].as_str()) {
                Ok(path) => {
                    assert_eq!(path, absolute(expected.as_str().unwrap()), "{text}");
                    counts.expanded += 1;
                }
                Err(ExpandError::Missing(name)) => {
                    assert!(variables[name].is_null(), "{text}");
                    counts.missing += 1;
                }
                Err(refused) => panic!("{text}: {refused}"),
            }
        }
    }
    counts
}

/// Operators, lists and modifiers of levels 2 to 4, and text that belongs to a query or fragment.
fn is_beyond_level_1(text: &str) -> bool {
    let operator = |expression: &str| expression.starts_with(['+', '#', '.', '/', ';', '?', '&']);
    let modifier = |expression: &str| {
        expression
            .split('}')
            .next()
            .unwrap()
            .contains([',', ':', '*'])
    };
    text.contains('?')
        || text
            .split('{')
            .skip(1)
            .any(|expression| operator(expression) || modifier(expression))
}

#[test]
fn the_examples_of_the_rfc_by_level() {
    let counts = run(include_str!("corpus/uri-template/spec-examples.json"));
    assert_eq!(
        counts,
        Counts {
            expanded: 3,
            refused: 59,
            missing: 0,
            no_string: 2
        }
    );
}

#[test]
fn the_examples_of_the_rfc_by_section() {
    let counts = run(include_str!(
        "corpus/uri-template/spec-examples-by-section.json"
    ));
    assert_eq!(
        counts,
        Counts {
            expanded: 5,
            refused: 107,
            missing: 1,
            no_string: 4
        }
    );
}

#[test]
fn the_extended_cases() {
    let counts = run(include_str!("corpus/uri-template/extended-tests.json"));
    assert_eq!(
        counts,
        Counts {
            expanded: 7,
            refused: 43,
            missing: 0,
            no_string: 3
        }
    );
}

#[test]
fn what_rfc_6570_calls_wrong_is_refused_but_for_the_hyphens_of_openapi() {
    let cases = groups(include_str!("corpus/uri-template/negative-tests.json"))
        .remove(0)
        .1;
    assert_eq!(cases.len(), 36);
    let accepted: Vec<_> = cases
        .iter()
        .filter(|(text, _)| PathTemplate::parse(text).is_ok())
        .collect();
    assert_eq!(accepted.len(), 1, "{accepted:?}");
    assert_eq!(accepted[0].0, "/{default-graph-uri}");
}
