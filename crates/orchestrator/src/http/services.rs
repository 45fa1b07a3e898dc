//! `/v1/services`: registering, renewing, taking back and listing.

use super::content::{NotTaken, read_json};
use super::reply::{Reply, empty, json, refusal, set};
use super::server::Server;
use crate::registrar::{NotDone, Registrar};
use crate::registration::{BadBody, Body, RegistrationId, Written};
use crate::registry::{Conflict, Leased};
use crate::token::Token;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use hyper::{Request, StatusCode};
use landfall_protocol::time::Millis;
use serde::Serialize;
use std::rc::Rc;

/// Where they are.
pub(crate) const SERVICES: &str = "/v1/services";
/// The largest body, in bytes.
const MAX_BODY: usize = 256 * 1_024;

/// Who may register services, and what registers them.
pub(crate) struct Registering {
    pub(crate) token: Token,
    pub(crate) registrar: Rc<Registrar>,
}

/// The body of `GET /v1/services`.
#[derive(Debug, Serialize)]
struct List<'r> {
    services: Vec<Shown<'r>>,
}

/// One registration.
#[derive(Debug, Serialize)]
struct Shown<'r> {
    id: String,
    #[serde(flatten)]
    registration: Written<'r>,
    /// Until the lease ends.
    expires_in_ms: u64,
}

fn shown(leased: &Leased, now: Millis) -> Shown<'_> {
    Shown {
        id: leased.registration.id.to_string(),
        registration: (&*leased.registration).into(),
        expires_in_ms: (leased.until - now).0,
    }
}

impl Server {
    /// All registrations.
    pub(super) fn list_services(&self) -> Reply {
        let (registry, now) = (self.registry.borrow(), self.clock.now());
        let services = registry.registrations().map(|it| shown(it, now)).collect();
        json(&List { services })
    }

    /// One registration.
    pub(super) fn show_service(&self, id: &str) -> Reply {
        let (registry, now) = (self.registry.borrow(), self.clock.now());
        let leased = known(id).map(|id| registry.registration(id));
        match leased {
            Ok(Some(leased)) => json(&shown(leased, now)),
            Ok(None) | Err(_) => Refusal::from(NotDone::Unknown).reply(),
        }
    }

    /// Registers a service.
    pub(super) async fn register(&self, request: Request<Incoming>) -> Reply {
        let (id, is_new) = match self.try_register(request).await {
            Ok(registered) => registered,
            Err(refusal) => return refusal.reply(),
        };
        let mut reply = self.show_service(&id.to_string());
        if is_new {
            *reply.status_mut() = StatusCode::CREATED;
        }
        if let Ok(location) = HeaderValue::from_str(&format!("{SERVICES}/{id}")) {
            reply.headers_mut().insert(LOCATION, location);
        }
        reply
    }

    async fn try_register(
        &self,
        request: Request<Incoming>,
    ) -> Result<(RegistrationId, bool), Refusal> {
        let (head, body) = request.into_parts();
        let registrar = self.registrar(&head.headers)?;
        let body = read_json(&head.headers, body, MAX_BODY).await?;
        Ok(registrar.register(Body::read(&body)?).await?)
    }

    /// Begins a lease anew.
    pub(super) fn renew(&self, headers: &HeaderMap, id: &str) -> Reply {
        let renew = || Ok(self.registrar(headers)?.renew(known(id)?)?);
        let renewed: Result<(), Refusal> = renew();
        renewed.map_or_else(|refusal| refusal.reply(), |()| self.show_service(id))
    }

    /// Ends a registration.
    pub(super) async fn deregister(&self, headers: &HeaderMap, id: &str) -> Reply {
        let ended = async { Ok(self.registrar(headers)?.deregister(known(id)?).await?) };
        let ended: Result<(), Refusal> = ended.await;
        ended.map_or_else(
            |refusal| refusal.reply(),
            |()| empty(StatusCode::NO_CONTENT),
        )
    }

    /// The refusal of a request that does not know the token.
    pub(super) fn barrier(&self, headers: &HeaderMap) -> Option<Reply> {
        self.registrar(headers).err().map(|refusal| refusal.reply())
    }

    /// The registrar, for whoever knows the token.
    fn registrar(&self, headers: &HeaderMap) -> Result<Rc<Registrar>, Refusal> {
        let registering = self.registering.as_ref();
        let registering = registering.map_err(|reason| Refusal::Off(reason.clone()))?;
        if is_authorized(headers, &registering.token) {
            Ok(Rc::clone(&registering.registrar))
        } else {
            Err(Refusal::Unauthorized)
        }
    }
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Off(String),
    #[error(
        "registering needs the header Authorization: Bearer TOKEN; the token is in the file `token` of the daemon's state \
         folder, and `landfall register` reads it by itself"
    )]
    Unauthorized,
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    #[error(transparent)]
    Bad(#[from] BadBody),
    #[error(transparent)]
    NotDone(#[from] NotDone),
}

impl Refusal {
    fn reply(&self) -> Reply {
        let mut reply = match self {
            Self::NotTaken(not_taken) => not_taken.reply(),
            _ => refusal(self.status(), &self.to_string()),
        };
        match self {
            Self::Unauthorized => set(&mut reply, WWW_AUTHENTICATE, "Bearer realm=\"landfall\""),
            Self::NotDone(error @ (NotDone::Store(_) | NotDone::Broken(_))) => {
                tracing::error!(%error, "the registry stays as it is");
            }
            _ => {}
        }
        reply
    }

    fn status(&self) -> StatusCode {
        let error = match self {
            Self::Off(_) => return StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthorized => return StatusCode::UNAUTHORIZED,
            Self::NotTaken(not_taken) => return not_taken.status(),
            Self::Bad(BadBody::NotJson(_)) => return StatusCode::BAD_REQUEST,
            Self::Bad(BadBody::Field { .. }) => return StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotDone(error) => error,
        };
        match error {
            NotDone::Located { why, .. } if why.is_forbidden() => StatusCode::FORBIDDEN,
            NotDone::Located { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            NotDone::Conflict(Conflict::Full | Conflict::Memory) => {
                StatusCode::INSUFFICIENT_STORAGE
            }
            NotDone::Conflict(_) => StatusCode::CONFLICT,
            NotDone::Unknown => StatusCode::NOT_FOUND,
            NotDone::Store(error) if error.is_full() => StatusCode::INSUFFICIENT_STORAGE,
            NotDone::Store(_) | NotDone::Broken(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Whether there is one `Authorization`, and it has the token (RFC 6750, section 2.1).
fn is_authorized(headers: &HeaderMap, token: &Token) -> bool {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(given), None) = (given.next(), given.next()) else {
        return false;
    };
    match given.as_bytes().split_at_checked("Bearer ".len()) {
        Some((scheme, secret)) => scheme.eq_ignore_ascii_case(b"Bearer ") && token.is(secret),
        None => false,
    }
}

fn known(id: &str) -> Result<RegistrationId, NotDone> {
    id.parse().map_err(|()| NotDone::Unknown)
}
