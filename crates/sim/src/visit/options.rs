//! The machine's options, from the set-up of a schedule.

use crate::document::Wish;
use crate::json::Shared;
use crate::model::Kept;
use crate::schedule::{Setup, Sharing};
use crate::serve;
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::name::Name;
use landfall_protocol::resolver::{Expect, Fallback, Options};
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;

/// The options of a page of this set-up.
pub(super) fn options(setup: &Setup, page: Option<&str>, kept: Option<&Kept>) -> Options<Shared> {
    let url = |text: &str| BaseUrl::parse(text).expect("the schedules' URLs are valid");
    let name = |text: &str| Name::parse(text).expect("the schedules' names are valid");
    let wanted = |wish: &Wish| Wanted {
        name: name(wish.name),
        path: PathTemplate::parse(wish.path).expect("the schedules' paths are valid"),
        method: wish.method.and_then(|it| it.parse().ok()),
        protocol: Protocol::parse(wish.protocol).expect("the schedules' protocols are valid"),
    };
    let mut options = Options::new(page.map(url));
    options.timeout = Millis(setup.timeout);
    options.fallback = Fallback {
        config: None,
        ..options.fallback
    };
    options.candidates = setup.origins.iter().map(|it| url(it.url)).collect();
    options.wanted = setup.wishes.iter().map(wanted).collect();
    options.health = setup.health.and_then(|it| PathTemplate::parse(it).ok());
    options.service = setup.service.map(name);
    options.expect = Expect {
        catalog: setup.expect_catalog.then(|| name(serve::CATALOG_NAME)),
        title: setup.expect_title.then(|| name(serve::TITLE)),
    };
    options.tabs = setup.sharing != Sharing::Off;
    options.cached = kept.map(|it| it.read.clone().map(|(json, age)| (json, Millis(age))));
    options
}
