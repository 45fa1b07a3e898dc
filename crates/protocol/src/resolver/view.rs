//! From what is held to what the page sees: base URLs, and what each name means.

use super::options::{Fallback, Options};
use crate::catalog::{Document, Service, endpoint_to_wire, wire};
use crate::endpoint::{Endpoint, Evidence, Wanted};
use crate::json::Json;
use crate::method::Method;
use crate::name::Name;
use crate::snapshot::{Target, View, ViewEndpoint, ViewService};
use crate::url::BaseUrl;
use std::collections::BTreeMap;

/// Fills the parts of `view` that follow from the document.
pub(super) fn fill<J: Json>(
    view: &mut View,
    document: Option<&Document<J>>,
    origin: Option<&BaseUrl>,
    options: &Options<J>,
) {
    let (base_url, ws_base_url) = bases(document, origin, options);
    view.base_url = base_url;
    view.ws_base_url = ws_base_url;
    let mut names = Names::default();
    for service in document.map_or(&[][..], |it| &it.services) {
        view.services
            .insert(service.name.to_string(), view_service(service));
        for endpoint in &service.endpoints {
            names.add_endpoint(view.endpoints.len(), service, endpoint);
            view.endpoints.push(view_endpoint(Some(service), endpoint));
        }
    }
    for wanted in &options.wanted {
        names.add_wanted(view, document, wanted);
    }
    view.names = names.targets();
}

fn view_service(service: &Service) -> ViewService {
    let wire = service.to_wire();
    ViewService {
        name: wire.name,
        title: wire.title,
        url: service.best_instance().map(|it| it.url.to_string()),
        instances: wire.instances,
    }
}

fn view_endpoint(service: Option<&Service>, endpoint: &Endpoint) -> ViewEndpoint {
    let wire: wire::Endpoint = endpoint_to_wire(endpoint);
    ViewEndpoint {
        service: service.map(|it| it.name.to_string()),
        name: endpoint.name.to_string(),
        path: wire.path,
        protocol: endpoint.protocol.as_str().to_owned(),
        methods: wire.methods,
        operations: wire.operations,
        contradictions: wire.contradictions,
    }
}

/// The base URLs: the service named in the options; else the one that matches most of the wanted
/// endpoints; else what the config itself says; else the only service there is; else the fallback.
fn bases<J: Json>(
    document: Option<&Document<J>>,
    origin: Option<&BaseUrl>,
    options: &Options<J>,
) -> (String, String) {
    let Fallback {
        base_url,
        ws_base_url,
        ..
    } = &options.fallback;
    let fallback = || (base_url.clone(), ws_base_url.clone());
    let Some(document) = document else {
        return fallback();
    };
    let of = |service: &Service| {
        service
            .best_instance()
            .map(|it| (it.url.to_string(), it.url.websocket()))
    };
    if let Some(name) = &options.service {
        return document
            .services
            .iter()
            .find(|it| it.name == *name)
            .and_then(of)
            .unwrap_or_else(fallback);
    }
    if let Some(found) = most_wanted(&document.services, &options.wanted).and_then(of) {
        return found;
    }
    let (config, ws_config) = config_bases(document);
    if let Some(base) = config {
        return (
            base.to_string(),
            ws_config.unwrap_or_else(|| base.websocket()),
        );
    }
    let (base, ws) = only_service(&document.services, origin)
        .and_then(of)
        .unwrap_or_else(fallback);
    (base, ws_config.unwrap_or(ws))
}

fn most_wanted<'a>(services: &'a [Service], wanted: &[Wanted]) -> Option<&'a Service> {
    let matches = |service: &Service| {
        wanted
            .iter()
            .filter(|it| service.endpoints.iter().any(|has| it.is(has)))
            .count()
    };
    let scored = services.iter().map(|service| (matches(service), service));
    // Among equals by name: a kept value has lost the order of its document, and must say the same.
    scored
        .filter(|(score, _)| *score > 0)
        .max_by(|(a, one), (b, two)| a.cmp(b).then_with(|| two.name.cmp(&one.name)))
        .map(|(_, service)| service)
}

/// How many of the wanted endpoints a document has.
pub(super) fn has_any_wanted(services: &[Service], wanted: &[Wanted]) -> bool {
    most_wanted(services, wanted).is_some()
}

/// `API_BASE_URL` and `WS_BASE_URL` of the config.
fn config_bases<J: Json>(document: &Document<J>) -> (Option<BaseUrl>, Option<String>) {
    let text = |key| document.config.as_ref()?.get(key)?.read::<String>().ok();
    let base = text("API_BASE_URL").and_then(|text| BaseUrl::parse(&text).ok());
    let ws = text("WS_BASE_URL").and_then(|text| {
        let http = text
            .strip_prefix("ws")
            .filter(|rest| rest.starts_with(':') || rest.starts_with("s:"))?;
        let mut as_http = String::from("http");
        as_http.push_str(http);
        BaseUrl::parse(&as_http).ok().map(|url| url.websocket())
    });
    (base, ws)
}

/// The only service; a registry that lists itself is not counted beside others.
fn only_service<'a>(services: &'a [Service], origin: Option<&BaseUrl>) -> Option<&'a Service> {
    if let [only] = services {
        return Some(only);
    }
    let is_registry = |it: &&Service| {
        let place = it.best_instance().map(|it| it.url.origin());
        place.is_some() && place == origin.map(BaseUrl::origin)
    };
    let mut others = services.iter().filter(|it| !is_registry(it));
    others.next().filter(|_| others.next().is_none())
}

#[derive(Default)]
struct Names {
    meanings: BTreeMap<String, Vec<Meaning>>,
}

#[derive(Clone, PartialEq)]
struct Meaning {
    endpoint: usize,
    method: Option<Method>,
    qualified: String,
}

impl Names {
    fn add_endpoint(&mut self, index: usize, service: &Service, endpoint: &Endpoint) {
        self.add(index, service, &endpoint.name, None);
        for (method, operation) in &endpoint.operations {
            self.add(index, service, operation, Some(*method));
        }
    }

    fn add(&mut self, endpoint: usize, service: &Service, name: &Name, method: Option<Method>) {
        let qualified = qualify(service, name);
        let meaning = Meaning {
            endpoint,
            method,
            qualified: qualified.clone(),
        };
        for key in [name.as_str(), &qualified] {
            let meanings = self.meanings.entry(key.to_owned()).or_default();
            match meanings.iter_mut().find(|it| it.endpoint == endpoint) {
                // Two names of one path: the name means the path, whatever the method.
                Some(known) => known.method = known.method.filter(|it| Some(*it) == method),
                None => meanings.push(meaning.clone()),
            }
        }
    }

    /// The page's own name for an endpoint goes before any other meaning of that name.
    fn add_wanted<J>(&mut self, view: &mut View, document: Option<&Document<J>>, wanted: &Wanted) {
        let mut meanings = Vec::new();
        let mut index = 0;
        for service in document.map_or(&[][..], |it| &it.services) {
            for endpoint in &service.endpoints {
                if wanted.is(endpoint) {
                    let qualified = qualify(service, &endpoint.name);
                    meanings.push(Meaning {
                        endpoint: index,
                        method: wanted.method,
                        qualified,
                    });
                }
                index += 1;
            }
        }
        // Of several services that have it, the base URL's is meant.
        let at_base = |it: &Meaning| {
            let service = view
                .endpoints
                .get(it.endpoint)
                .and_then(|it| it.service.as_ref());
            service
                .and_then(|it| view.services.get(it))
                .is_some_and(|it| it.url.as_ref() == Some(&view.base_url))
        };
        if meanings.len() > 1 && meanings.iter().filter(|it| at_base(it)).count() == 1 {
            meanings.retain(at_base);
        }
        if meanings.is_empty() {
            let endpoint = view.endpoints.len();
            view.endpoints.push(view_endpoint(None, &wanted.declared()));
            let qualified = wanted.name.to_string();
            meanings.push(Meaning {
                endpoint,
                method: wanted.method,
                qualified,
            });
        } else if let ([only], Some(method)) = (meanings.as_slice(), wanted.method) {
            // What the page declares is evidence too, the weakest; it never hides what is known.
            if let Some(endpoint) = view.endpoints.get_mut(only.endpoint) {
                let declared = Evidence::Declared.as_str().to_owned();
                endpoint
                    .methods
                    .entry(method.as_str().to_owned())
                    .or_insert(declared);
            }
        }
        self.meanings.insert(wanted.name.to_string(), meanings);
    }

    fn targets(self) -> BTreeMap<String, Target> {
        self.meanings
            .into_iter()
            .map(|(name, meanings)| (name, target(meanings)))
            .collect()
    }
}

fn target(meanings: Vec<Meaning>) -> Target {
    match meanings.as_slice() {
        [only] => Target {
            endpoint: u32::try_from(only.endpoint).ok(),
            method: only.method.map(Method::as_str),
            choices: Vec::new(),
        },
        _ => Target {
            endpoint: None,
            method: None,
            choices: meanings.into_iter().map(|it| it.qualified).collect(),
        },
    }
}

fn qualify(service: &Service, name: &Name) -> String {
    let mut text = String::with_capacity(service.name.as_str().len() + name.as_str().len() + 1);
    text.push_str(service.name.as_str());
    text.push('.');
    text.push_str(name.as_str());
    text
}
