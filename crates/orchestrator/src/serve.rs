//! Puts the daemon together and runs it. Wiring only: binds and answers first, discovers afterwards.

use crate::budget::CpuBudget;
use crate::ceiling::Ceiling;
use crate::checker::{Checker, Work};
use crate::clock::Clock;
use crate::descriptors::raise_limit;
use crate::error::Error;
use crate::finder::Finder;
use crate::http::{
    self, Catalog, EVENTS, Frame, Guard, Hub, Outcomes, Registering, Server, Shelf, Traffic,
    own_service,
};
use crate::memory::{give_back_at_once, unmap_after_start};
use crate::notify;
use crate::pool::Pool;
use crate::publisher::{publish_catalog, publish_drift, publish_health};
use crate::registrar::Registrar;
use crate::registry::Registry;
use crate::reload::{self, Parts, Reloader, Source, frame_of, limits, pace, periods};
use crate::settings::Settings;
use crate::shutdown::Signals;
use crate::sockets::{PortFilter, Tracker};
use crate::store::{State, StoreError, Writes, default_dir};
use landfall_protocol::id::Epoch;
use landfall_protocol::url::BaseUrl;
use std::cell::{Cell, OnceCell, RefCell};
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::watch;
use tokio::task::spawn_local;

/// How the daemon is started.
#[derive(Debug)]
pub struct Options {
    /// The settings.
    pub settings: Settings,
    /// Where they are from.
    pub source: Source,
    /// A file that gets the daemon's URL as soon as it answers.
    pub ready_file: Option<PathBuf>,
}

/// Runs the daemon until SIGINT or SIGTERM.
///
/// # Errors
/// [`Error`] when it cannot start.
pub fn serve(options: Options) -> Result<(), Error> {
    raise_limit();
    give_back_at_once();
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(Error::System)?;
    runtime.block_on(run(options))
}

async fn run(options: Options) -> Result<(), Error> {
    let mut signals = Signals::catch().map_err(Error::System)?;
    let Options {
        settings,
        source,
        ready_file,
    } = options;
    let clock = Clock::start();
    let wanted = settings.listen.address();
    let cannot_listen = |source| Error::Listen {
        address: wanted,
        source,
    };
    let listener = TcpListener::bind(wanted).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    let state_dir = settings.state_dir.clone().or_else(default_dir);
    let state = State::open(state_dir.as_deref());
    introduce(&state, address);
    // Unlocks the state folder when the daemon has ended.
    let _lock = state.lock;
    let shelf = Shelf::new(state_dir);
    let (epoch, writes) = (state.epoch, state.writes);
    let server = assemble(settings, source, address, clock, epoch, writes, shelf)?;
    let (stop, stopped) = watch::channel(false);
    let serving = spawn_local(http::serve(listener, Rc::clone(&server), stopped));
    tracing::info!("listening on http://{address}");
    if let Some(path) = ready_file {
        announce(&path, address).map_err(|source| Error::ReadyFile { path, source })?;
    }
    notify::ready(address);
    spawn_local(notify::keep_alive());
    spawn_local(unmap_after_start());
    let signal = signals.next().await;
    tracing::info!(signal, "stopping");
    notify::stopping();
    spawn_local(signals.end_at_next());
    // Nobody is left to hear it only when the server has ended already.
    let _ = stop.send(true);
    if let Err(error) = serving.await {
        tracing::error!(%error, "the server did not end in good order");
    }
    Ok(())
}

fn assemble(
    settings: Settings,
    source: Source,
    address: SocketAddr,
    clock: Clock,
    epoch: Epoch,
    writes: Result<Writes, StoreError>,
    shelf: Shelf,
) -> Result<Rc<Server>, Error> {
    let no_catalog = |reason: &dyn std::fmt::Display| Error::Catalog(reason.to_string());
    let url = BaseUrl::parse(&format!("http://{address}")).map_err(|error| no_catalog(&error))?;
    let own = own_service(url).map_err(|error| no_catalog(&error))?;
    tracing::info!(registry = epoch.registry(), boot = epoch.boot(), "registry");
    let checks = &settings.checks;
    let pool = Rc::new(Pool::trusting(limits(checks), checks.ca_file.clone()));
    let budget = Rc::new(CpuBudget::new(settings.budget, &clock));
    let registry = Rc::new(RefCell::new(Registry::new(
        own,
        &settings.services,
        epoch.clone(),
        periods(&settings),
    )));
    let hub = Rc::new(Hub::default());
    let tracker = Tracker::new(PortFilter::new(&settings.sockets));
    let finder = Rc::new(Finder::new(
        Rc::clone(&registry),
        Rc::clone(&pool),
        clock,
        tracker,
        Rc::clone(&budget),
        Rc::clone(&hub),
    ));
    let ceiling = Rc::new(Ceiling::new(
        settings.budget.memory,
        Rc::clone(&registry),
        Rc::clone(&pool),
        Rc::clone(&finder),
        clock,
    ));
    let checker = Rc::new(Checker {
        registry: Rc::clone(&registry),
        pool: Rc::clone(&pool),
        budget: Rc::clone(&budget),
        finder: Rc::clone(&finder),
        ceiling: Rc::clone(&ceiling),
        clock,
        pace: Cell::new(pace(checks)),
        work: Work::default(),
    });
    let registering = writes.map(|writes| {
        let networks = settings.checks.allowed_networks.clone();
        let registrar = Rc::new(Registrar::new(
            Rc::clone(&registry),
            Rc::clone(&finder),
            Rc::clone(&pool),
            ceiling,
            clock,
            networks,
            writes.store,
        ));
        let lost = registrar.restore();
        spawn_local(Rc::clone(&registrar).run(lost));
        Registering {
            token: writes.token,
            registrar,
        }
    });
    let (name, ttl, config) = frame_of(&settings);
    let frame = Frame {
        name,
        epoch,
        ttl,
        events: EVENTS,
        config,
    };
    let catalog = Catalog::new(frame, registry.borrow().catalog());
    let catalog = Rc::new(catalog.map_err(|error| no_catalog(&error))?);
    let server = Rc::new(Server {
        name: RefCell::new(reload::name(&settings)),
        guard: RefCell::new(Guard::new(
            settings.allowed_hosts.clone(),
            settings.allowed_origins.clone(),
        )),
        settings: RefCell::default(),
        catalog: Rc::clone(&catalog),
        shelf: Rc::new(shelf),
        hub: Rc::clone(&hub),
        registry: Rc::clone(&registry),
        pool: Rc::clone(&pool),
        budget: Rc::clone(&budget),
        checker: Rc::clone(&checker),
        outcomes: Outcomes::default(),
        traffic: Traffic::default(),
        openapi: OnceCell::new(),
        connections: Cell::new(0),
        clock,
        registering: registering.map_err(|error| format!("nobody can register: {error}")),
    });
    let kept = Rc::clone(&catalog);
    spawn_local(async move { kept.pack_when_unwanted().await });
    spawn_local(publish_catalog(
        registry,
        catalog,
        Rc::clone(&hub),
        Rc::clone(&budget),
        clock,
    ));
    spawn_local(publish_health(Rc::clone(&server)));
    spawn_local(publish_drift(Rc::clone(&server)));
    spawn_local(hub.keep_alive());
    spawn_local(Rc::clone(&checker).run());
    let registering = server.registering.as_ref().ok();
    let parts = Parts {
        registrar: registering.map(|it| Rc::clone(&it.registrar)),
        server: Rc::clone(&server),
        pool,
        budget,
        checker,
        finder,
    };
    spawn_local(Reloader::new(source, settings, parts).run());
    Ok(server)
}

/// Tells of a token that was made just now.
fn introduce(state: &State, address: SocketAddr) {
    let Ok(writes) = &state.writes else { return };
    let Some(file) = &writes.new_token_file else {
        return;
    };
    let mut out = io::stdout();
    if out.is_terminal() {
        let welcome = writes.token.welcome(file, &format!("http://{address}"));
        // A terminal that is gone misses it.
        let _ = out.write_all(welcome.as_bytes());
    } else {
        tracing::info!(?file, "services can register with the token in this file");
    }
}

/// Writes the URL in one step, so that nobody reads half of it.
fn announce(path: &Path, address: SocketAddr) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    fs::write(&temporary, format!("http://{address}\n"))?;
    fs::rename(&temporary, path)
}
