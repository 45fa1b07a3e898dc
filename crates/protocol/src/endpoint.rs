//! The endpoint map: path templates with their HTTP methods, and how each method is known.

use crate::method::{Method, MethodSet};
use crate::name::Name;
use crate::refused::{Code, Refused};
use crate::template::PathTemplate;

/// What an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub enum Protocol {
    /// HTTP requests.
    #[default]
    Http,
    /// A WebSocket (RFC 6455).
    WebSocket,
    /// Server-sent events (WHATWG HTML, 9.2).
    Sse,
}

impl Protocol {
    /// Its name in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::WebSocket => "websocket",
            Self::Sse => "sse",
        }
    }

    /// Reads its name.
    ///
    /// # Errors
    /// [`Code::BadProtocol`].
    pub fn parse(text: &str) -> Result<Self, Refused> {
        [Self::Http, Self::WebSocket, Self::Sse]
            .into_iter()
            .find(|protocol| protocol.as_str() == text)
            .ok_or_else(|| Refused::new(Code::BadProtocol, text))
    }
}

/// How a method is known, from the worst evidence to the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The page declares it: hoped for, not seen.
    Declared,
    /// A GET was answered: proves this one method.
    Get,
    /// The `Allow` of a 405: at least these. Some frameworks name only one route's methods.
    Allow,
    /// The `Allow` of an OPTIONS answer: what the server says of the path.
    Options,
    /// An OpenAPI document: the whole path item.
    OpenApi,
    /// A catalog, registration or settings file: the whole endpoint.
    Catalog,
}

impl Evidence {
    const ALL: [Self; 6] = [
        Self::Declared,
        Self::Get,
        Self::Allow,
        Self::Options,
        Self::OpenApi,
        Self::Catalog,
    ];

    /// Its name in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Get => "get",
            Self::Allow => "allow",
            Self::Options => "options",
            Self::OpenApi => "openapi",
            Self::Catalog => "catalog",
        }
    }

    /// Reads its name.
    ///
    /// # Errors
    /// [`Code::BadEvidence`].
    pub fn parse(text: &str) -> Result<Self, Refused> {
        Self::ALL
            .into_iter()
            .find(|evidence| evidence.as_str() == text)
            .ok_or_else(|| Refused::new(Code::BadEvidence, text))
    }

    /// Whether it names all methods of a path, so that a method it leaves out is denied. A 405's
    /// `Allow` is a lower bound only.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Options | Self::OpenApi | Self::Catalog)
    }
}

/// A method that one piece of evidence names and another one, which should be whole, leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// The method.
    pub method: Method,
    /// What names it.
    pub claimed: Evidence,
    /// What leaves it out.
    pub denied: Evidence,
}

/// One path template of a service, with its methods and the evidence of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The declared name, or the path template where none was declared.
    pub name: Name,
    /// Where it is, below the URL of an instance.
    pub path: PathTemplate,
    /// What it speaks.
    pub protocol: Protocol,
    /// The best evidence of each known method, in the order of [`Method`].
    methods: Vec<(Method, Evidence)>,
    /// Other names, each for the path with one method (OpenAPI's `operationId`).
    pub operations: Vec<(Method, Name)>,
    /// What does not fit together; kept to be shown.
    pub contradictions: Vec<Contradiction>,
}

impl Endpoint {
    /// An endpoint that nothing is known of but its place.
    #[must_use]
    pub const fn new(name: Name, path: PathTemplate, protocol: Protocol) -> Self {
        Self {
            name,
            path,
            protocol,
            methods: Vec::new(),
            operations: Vec::new(),
            contradictions: Vec::new(),
        }
    }

    /// An endpoint without a declared name: its path template is its name.
    ///
    /// # Errors
    /// [`Code::BadName`] when the template is too long for a name.
    pub fn unnamed(path: PathTemplate) -> Result<Self, Refused> {
        Ok(Self::new(Name::parse(path.as_str())?, path, Protocol::Http))
    }

    /// The methods with the best evidence of each.
    #[must_use]
    pub fn methods(&self) -> &[(Method, Evidence)] {
        &self.methods
    }

    /// The evidence of one method.
    #[must_use]
    pub fn evidence(&self, method: Method) -> Option<Evidence> {
        let place = self.place(method).ok()?;
        self.methods.get(place).map(|(_, evidence)| *evidence)
    }

    /// Takes over the evidence of one method as another party found it.
    pub fn set(&mut self, method: Method, evidence: Evidence) {
        match self.place(method) {
            Ok(known) => self.methods[known].1 = evidence,
            Err(place) => self.methods.insert(place, (method, evidence)),
        }
    }

    /// Where a method is, or would be.
    fn place(&self, method: Method) -> Result<usize, usize> {
        self.methods
            .binary_search_by_key(&method, |(known, _)| *known)
    }

    /// Adds what one piece of evidence says of this endpoint. Better evidence replaces worse; where
    /// whole evidence and other evidence disagree, both the method and the contradiction are kept.
    pub fn learn(&mut self, evidence: Evidence, named: impl IntoIterator<Item = Method>) {
        self.learn_all(evidence, MethodSet::from_iter(named));
    }

    fn learn_all(&mut self, evidence: Evidence, says: MethodSet) {
        let before = self.methods.clone();
        for method in says.iter() {
            let best = self
                .evidence(method)
                .map_or(evidence, |known| known.max(evidence));
            self.set(method, best);
        }
        for (method, known) in &before {
            if evidence.is_whole() && *known > Evidence::Declared && !says.contains(*method) {
                self.contradict(Contradiction {
                    method: *method,
                    claimed: *known,
                    denied: evidence,
                });
            }
        }
        let whole = before.iter().map(|(_, known)| *known);
        let Some(whole) = whole.filter(|known| known.is_whole()).max() else {
            return;
        };
        for method in says.iter() {
            if before.iter().all(|(known, _)| *known != method) {
                self.contradict(Contradiction {
                    method,
                    claimed: evidence,
                    denied: whole,
                });
            }
        }
    }

    fn contradict(&mut self, contradiction: Contradiction) {
        if !self.contradictions.contains(&contradiction) {
            self.contradictions.push(contradiction);
        }
    }
}

/// An endpoint that the page says it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name that the page uses.
    pub name: Name,
    /// Where it hopes to find it.
    pub path: PathTemplate,
    /// The method that it will use, if it says one.
    pub method: Option<Method>,
    /// What it expects it to speak.
    pub protocol: Protocol,
}

impl Wanted {
    /// The endpoint as hoped for, with the page's word as the only evidence.
    #[must_use]
    pub fn declared(&self) -> Endpoint {
        let mut endpoint = Endpoint::new(self.name.clone(), self.path.clone(), self.protocol);
        endpoint.learn(Evidence::Declared, self.method);
        endpoint
    }

    /// Whether `endpoint` is the one: the same place and protocol.
    #[must_use]
    pub fn is(&self, endpoint: &Endpoint) -> bool {
        self.is_at(endpoint.protocol, &endpoint.path)
    }

    /// Whether this is the wanted place and protocol.
    pub(crate) fn is_at(&self, protocol: Protocol, path: &PathTemplate) -> bool {
        self.protocol == protocol && self.path.same_shape(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Method::{Delete, Get, Post, Put};

    fn endpoint() -> Endpoint {
        Endpoint::unnamed(PathTemplate::parse("/items/{id}").unwrap()).unwrap()
    }

    #[test]
    fn better_evidence_replaces_worse_and_never_the_other_way_round() {
        let mut it = endpoint();
        it.learn(Evidence::Declared, [Put]);
        it.learn(Evidence::OpenApi, [Get, Put, Delete]);
        it.learn(Evidence::Allow, [Get]);
        assert_eq!(it.evidence(Put), Some(Evidence::OpenApi));
        assert_eq!(it.evidence(Get), Some(Evidence::OpenApi));
        // FastAPI's `Allow` names one route's methods only: a lower bound contradicts nothing.
        assert_eq!(it.contradictions, []);
    }

    #[test]
    fn a_contradiction_is_kept_and_the_method_too() {
        let mut it = endpoint();
        it.learn(Evidence::OpenApi, [Get]);
        it.learn(Evidence::Options, [Post]);
        assert_eq!(
            it.methods(),
            [(Get, Evidence::OpenApi), (Post, Evidence::Options)]
        );
        assert_eq!(
            it.contradictions,
            [
                Contradiction {
                    method: Get,
                    claimed: Evidence::OpenApi,
                    denied: Evidence::Options
                },
                Contradiction {
                    method: Post,
                    claimed: Evidence::Options,
                    denied: Evidence::OpenApi
                },
            ]
        );
    }

    #[test]
    fn a_hope_that_is_not_met_is_no_contradiction() {
        let mut it = endpoint();
        it.learn(Evidence::Declared, [Delete]);
        it.learn(Evidence::OpenApi, [Get]);
        assert_eq!(it.evidence(Delete), Some(Evidence::Declared));
        assert_eq!(it.contradictions, []);
    }

    #[test]
    fn evidence_has_the_order_of_its_worth() {
        assert!(Evidence::ALL.is_sorted());
        for evidence in Evidence::ALL {
            assert_eq!(Evidence::parse(evidence.as_str()).unwrap(), evidence);
        }
        assert_eq!(
            Evidence::parse("hearsay").unwrap_err().code,
            Code::BadEvidence
        );
    }
}
