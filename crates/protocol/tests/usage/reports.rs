//! What the page and the registry hear of failures.

use crate::support::{HEALTHY, answered, boats, call, place, with_registry};
use landfall_protocol::snapshot::View;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use landfall_protocol::usage::{Ended, Kind, MAX_TALLIES, Tally, Usage, read, report_to, write};
use proptest::prelude::*;

#[test]
fn a_failure_that_says_lost_asks_for_a_look_and_many_at_once_for_one() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    for ended in [answered(500), answered(404), Ended::TimedOut] {
        call(&mut usage, Millis(0), &view, ended);
        assert!(!usage.take_look());
    }
    let mut looks = 0;
    for ms in 0..250 {
        let id = usage.begin("", Kind::Connection);
        usage.route(Millis(ms), id, &view);
        usage.ended(Millis(ms), id, Ended::Unreachable, &view);
        looks += u32::from(usage.take_look());
    }
    assert_eq!(looks, 1);
}

#[test]
fn the_registry_hears_of_what_contradicts_it_and_of_nothing_else() {
    let live = with_registry(boats(&[HEALTHY]));
    let mut usage = Usage::new(1);
    call(&mut usage, Millis(0), &live, answered(404));
    assert_eq!(usage.report(&live), None);
    call(&mut usage, Millis(0), &live, Ended::Unreachable);
    call(&mut usage, Millis(0), &live, answered(502));
    let (to, tallies) = usage.report(&live).unwrap();
    assert_eq!(to, "http://localhost:7420/v1/outcomes");
    let told: Vec<_> = tallies
        .iter()
        .map(|it| (it.url.as_str(), it.answered, it.failed))
        .collect();
    assert_eq!(told, [("http://10.0.0.0", 0, 2)]);
    assert_eq!(usage.report(&live), None, "once");

    for other in [
        View {
            source: Some("cache"),
            ..live.clone()
        },
        View {
            rung: Some("openapi"),
            ..live.clone()
        },
        View {
            origin: Some("http://localhost:7421".to_owned()),
            ..live.clone()
        },
        View {
            origin: Some("https://localhost:7420".to_owned()),
            ..live.clone()
        },
        View {
            origin: Some("http://evil.example:7420".to_owned()),
            ..live.clone()
        },
        boats(&[HEALTHY]),
    ] {
        assert_eq!(report_to(&other), None, "{other:?}");
    }
}

proptest! {
    #[test]
    fn a_report_is_read_as_it_was_written(counts in prop::collection::vec((0_usize..255, any::<u32>(), any::<u32>()), 0..MAX_TALLIES)) {
        let tallies: Vec<_> = counts
            .into_iter()
            .map(|(number, answered, failed)| Tally { url: BaseUrl::parse(&place(number)).unwrap(), answered, failed })
            .collect();
        prop_assert_eq!(read(&write::<serde_json::Value>(&tallies)).unwrap(), tallies);
    }

    #[test]
    fn what_is_told_of_more_instances_than_fit_is_bounded(count in 0_usize..80) {
        let view = with_registry(boats(&vec![HEALTHY; count]));
        let mut usage = Usage::new(1);
        for _ in 0..count * 2 {
            call(&mut usage, Millis(0), &view, answered(500));
        }
        let told = usage.report(&view).map_or(0, |(_, tallies)| tallies.len());
        prop_assert!(told <= MAX_TALLIES && (told > 0) == (count > 0));
    }
}
