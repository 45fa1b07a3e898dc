//! What a found service is called: after the title of its API, else after its process and port.

use super::{Discovered, Registry};
use crate::settings::OWN_NAME;
use landfall_protocol::name::Name;

impl Registry {
    /// A name that nobody has, made of what was found.
    pub(super) fn name_for(&self, found: &Discovered) -> Option<Name> {
        let is_free =
            |name: &Name| name.as_str() != OWN_NAME && self.services.named(name.as_str()).is_none();
        let (port, process) = (found.place.port, &found.place.process.name);
        let slug = |text: &str| {
            Name::from_title(text)
                .and_then(|name| name.slug())
                .map(|slug| slug.to_string())
        };
        let title = found
            .reading
            .title
            .as_ref()
            .and_then(|title| slug(title.as_str()));
        let with_port = |stem: &str| format!("{stem}-{port}");
        let stem = title
            .clone()
            .or_else(|| slug(process))
            .unwrap_or_else(|| "service".to_owned());
        let numbered = (2..).map(|number| format!("{stem}-{port}-{number}"));
        let candidates = title.into_iter().chain([with_port(&stem)]).chain(numbered);
        // A title may be as long as a name, so that nothing fits behind it.
        let fallback = [format!("service-{port}")];
        candidates
            .take(1_000)
            .chain(fallback)
            .filter_map(|text| Name::parse(&text).ok())
            .find(is_free)
    }
}
