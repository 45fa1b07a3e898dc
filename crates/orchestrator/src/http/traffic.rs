//! How many requests were answered, by route and class of status.

use super::routes::{Entry, ROUTES, TABLE};
use hyper::StatusCode;
use std::cell::Cell;

/// 1xx to 5xx.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// For requests that reached no route: a host or an origin that is not allowed, a path that is not there.
const NO_ROUTE: &str = "none";

/// Requests since the start. The paths of requests are never kept, so there are no more counters than routes.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    counts: [[Cell<u64>; CLASSES.len()]; ROUTES + 1],
}

impl Traffic {
    /// Counts an answer.
    pub(crate) fn count(&self, entry: Option<&Entry>, status: StatusCode) {
        let route = entry.map_or(ROUTES, |entry| entry.route as usize);
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.counts.get(route).and_then(|it| it.get(class)) {
            count.set(count.get() + 1);
        }
    }

    /// Route, class of status and number of what was answered at least once.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        let name = |route: usize| {
            let of_it = TABLE.iter().find(|entry| entry.route as usize == route);
            of_it.map_or(NO_ROUTE, |entry| entry.name)
        };
        let routes = self.counts.iter().enumerate();
        routes.flat_map(move |(route, classes)| {
            let counts = CLASSES.iter().zip(classes);
            let counts = counts.map(move |(class, count)| (name(route), *class, count.get()));
            counts.filter(|(_, _, count)| *count > 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::routes::route;
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_class_and_by_nothing_else() {
        let traffic = Traffic::default();
        for (path, status) in [
            ("/healthz", StatusCode::OK),
            ("/v1/services/1", StatusCode::NOT_FOUND),
            ("/v1/services/2", StatusCode::NOT_FOUND),
            ("/nothing", StatusCode::NOT_FOUND),
            ("/", StatusCode::NOT_MODIFIED),
        ] {
            traffic.count(route(path).map(|(entry, _)| entry), status);
        }
        let mut counted: Vec<_> = traffic.counted().collect();
        counted.sort_unstable();
        assert_eq!(
            counted,
            [
                ("dashboard", "3xx", 1),
                ("healthz", "2xx", 1),
                ("none", "4xx", 1),
                ("service", "4xx", 2),
            ]
        );
    }
}
