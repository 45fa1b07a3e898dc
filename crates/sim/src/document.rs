//! Documents with the truth about them: the JSON that is served, and beside it, never read from it, what it says.

use crate::json::Shared;

/// A point in the history of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) registry: &'static str,
    pub(crate) boot: u64,
    pub(crate) revision: u64,
}

impl Stamp {
    pub(crate) fn is_older_than(&self, other: &Self) -> bool {
        self.registry == other.registry
            && (self.boot < other.boot || self.boot == other.boot && self.revision < other.revision)
    }
}

/// What a valid document says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    /// As it is served.
    pub(crate) json: Shared,
    pub(crate) name: Option<&'static str>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) config: Option<Shared>,
    /// `API_BASE_URL` of the config.
    pub(crate) api_base: Option<String>,
    pub(crate) services: Vec<Service>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) title: Option<&'static str>,
    /// Of its best instance.
    pub(crate) url: String,
    pub(crate) routes: Vec<Route>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) methods: Vec<&'static str>,
}

/// An endpoint that a page may want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) method: Option<&'static str>,
    pub(crate) protocol: &'static str,
}

/// All endpoints that a page may want.
pub(crate) const WISHES: [Wish; 5] = [
    Wish {
        name: "items",
        path: "/items",
        method: Some("GET"),
        protocol: "http",
    },
    Wish {
        name: "health",
        path: "/health",
        method: None,
        protocol: "http",
    },
    Wish {
        name: "item",
        path: "/items/{id}",
        method: Some("PUT"),
        protocol: "http",
    },
    Wish {
        name: "updates",
        path: "/ws",
        method: None,
        protocol: "websocket",
    },
    Wish {
        name: "legacy",
        path: "/legacy",
        method: Some("POST"),
        protocol: "http",
    },
];

/// The paths by whose answer a plain backend may be known; the first of them can be wished for too.
pub(crate) const HEALTH: [&str; 2] = ["/health", "/healthz"];

impl Wish {
    /// Whether a ladder can ask for it.
    pub(crate) fn can_be_asked(&self) -> bool {
        self.protocol == "http" && !self.path.contains('{')
    }

    pub(crate) fn is(&self, route: &Route) -> bool {
        let shape = |path: &'static str| path.split('{').next().map(|it| (it, path.contains('{')));
        self.protocol == route.protocol && shape(self.path) == shape(route.path)
    }
}

impl Document {
    /// Whether a page sees the same of both.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.stamp == other.stamp && self.config == other.config && self.services == other.services
    }

    pub(crate) fn has_title(&self, title: &str) -> bool {
        self.services.iter().any(|it| it.title == Some(title))
    }

    /// How many of the wishes a service fulfils.
    pub(crate) fn fulfilled(service: &Service, wishes: &[Wish]) -> usize {
        wishes
            .iter()
            .filter(|wish| service.routes.iter().any(|route| wish.is(route)))
            .count()
    }
}
