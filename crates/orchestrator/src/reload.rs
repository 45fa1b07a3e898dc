//! Takes in the settings file again when it changes.
//!
//! What is wrong changes nothing: the settings before stay, and the log and `/v1/status` say why. What can change does so
//! in one step, so that there is at most one new revision; what needs a restart is named.

mod watch;

use crate::budget::CpuBudget;
use crate::checker::Checker;
use crate::descriptors::kept_connections;
use crate::finder::Finder;
use crate::http::{Frame, Guard, Server};
use crate::notify;
use crate::pool::{Limits, Pool};
use crate::registrar::Registrar;
use crate::registry::{Pace, Periods};
use crate::settings::{CheckSettings, Listen, OWN_NAME, ServiceSettings, Settings, Span};
use crate::sockets::PortFilter;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use tokio::task::{AbortHandle, spawn_blocking, spawn_local};
use watch::Watch;

/// Where the settings are from, and what goes before them.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The file; `None` where the defaults hold.
    pub file: Option<PathBuf>,
    /// The address of the command line.
    pub listen: Option<Listen>,
    /// The state folder of the command line.
    pub state_dir: Option<PathBuf>,
}

impl Source {
    /// Reads the settings.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(&self) -> Result<Settings, crate::settings::SettingsError> {
        let mut settings = match &self.file {
            Some(path) => Settings::read(path)?,
            None => Settings::default(),
        };
        settings.listen = self.listen.unwrap_or(settings.listen);
        if self.state_dir.is_some() {
            settings.state_dir.clone_from(&self.state_dir);
        }
        Ok(settings)
    }
}

/// The settings in `/v1/status`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// The file that they are from.
    file: Option<PathBuf>,
    /// How often they were taken in anew.
    reloads: u64,
    /// What is wrong with the file as it is now; the settings before it hold.
    error: Option<String>,
    /// The keys whose values in the file count after a restart only.
    needs_restart: Vec<&'static str>,
}

/// What is told of new settings.
pub(crate) struct Parts {
    pub(crate) server: Rc<Server>,
    pub(crate) pool: Rc<Pool>,
    pub(crate) budget: Rc<CpuBudget>,
    pub(crate) checker: Rc<Checker>,
    pub(crate) finder: Rc<Finder>,
    pub(crate) registrar: Option<Rc<Registrar>>,
}

/// Follows the settings file.
pub(crate) struct Reloader {
    source: Source,
    /// `None` without a file.
    watch: Option<Watch>,
    /// What the daemon started with and cannot change.
    started: Fixed,
    /// The settings without their services, which are the registry's.
    current: RefCell<Settings>,
    parts: Parts,
    /// Ends the search for sockets.
    finding: Cell<Option<AbortHandle>>,
}

impl Reloader {
    /// A daemon that runs with these settings. The file is watched from here on.
    pub(crate) fn new(source: Source, mut settings: Settings, parts: Parts) -> Self {
        settings.services = Vec::new();
        parts
            .server
            .settings
            .borrow_mut()
            .file
            .clone_from(&source.file);
        let watch = source.file.as_deref().map(Watch::new);
        let watch = watch.and_then(|watch| {
            watch
                .inspect_err(|error| tracing::warn!(%error, "changes of the settings are not seen"))
                .ok()
        });
        let reloader = Self {
            source,
            watch,
            started: Fixed::of(&settings),
            current: RefCell::new(settings),
            parts,
            finding: Cell::new(None),
        };
        let is_finding = reloader.current.borrow().sockets.enabled;
        reloader.find(is_finding);
        reloader
    }

    /// Follows the file for ever, if there is one.
    pub(crate) async fn run(mut self) {
        let Some(mut watch) = self.watch.take() else {
            return;
        };
        loop {
            watch.changed().await;
            notify::reloading();
            let source = self.source.clone();
            // A disk may be slow.
            let read = spawn_blocking(move || source.read()).await;
            match read {
                Ok(Ok(settings)) => self.take(settings).await,
                Ok(Err(error)) => self.refuse(error.to_string()),
                Err(error) => self.refuse(error.to_string()),
            }
            notify::reloaded();
        }
    }

    fn refuse(&self, error: String) {
        tracing::error!(%error, "the settings before this change stay");
        self.parts.server.settings.borrow_mut().error = Some(error);
    }

    async fn take(&self, mut settings: Settings) {
        let services = std::mem::take(&mut settings.services);
        let is_new = settings != *self.current.borrow()
            || self.parts.server.registry.borrow().differs_from(&services);
        let needs_restart = needs_restart(&self.started, &settings);
        for key in needs_restart.iter().filter(|_| is_new) {
            tracing::warn!(key, "the new value counts after a restart only");
        }
        if is_new {
            self.apply(&settings, &services).await;
            tracing::info!("the settings have changed");
            self.current.replace(settings);
        }
        let mut report = self.parts.server.settings.borrow_mut();
        report.error = None;
        report.needs_restart = needs_restart;
        report.reloads += u64::from(is_new);
    }

    async fn apply(&self, new: &Settings, services: &[ServiceSettings]) {
        let Parts {
            server,
            pool,
            budget,
            checker,
            finder,
            registrar,
        } = &self.parts;
        if self.current.borrow().checks.ca_file != new.checks.ca_file {
            pool.trust(new.checks.ca_file.clone()).await;
        }
        // No registration changes meanwhile: it may be one that has to make room.
        let _unchanged = match registrar {
            Some(registrar) => Some(registrar.hold().await),
            None => None,
        };
        pool.limit(limits(&new.checks));
        checker.ceiling.change(new.budget.memory);
        budget.change(new.budget);
        checker.set_pace(pace(&new.checks));
        server.name.replace(name(new));
        server.guard.replace(Guard::new(
            new.allowed_hosts.clone(),
            new.allowed_origins.clone(),
        ));
        let (name, ttl, config) = frame_of(new);
        server.catalog.reframe(|frame: &mut Frame| {
            (frame.name, frame.ttl, frame.config) = (name, ttl, config);
        });
        let filter = PortFilter::new(&new.sockets);
        let mut left = server
            .registry
            .borrow_mut()
            .forget_found(|port| !filter.allows(port));
        finder.adjust(filter, new.budget.cpu_percent);
        let mut ended = Vec::new();
        if let Some(registrar) = registrar {
            ended = registrar.allow(&new.checks.allowed_networks);
        }
        {
            let mut registry = server.registry.borrow_mut();
            registry.set_periods(periods(new));
            for id in &ended {
                left.extend(registry.deregister(*id).unwrap_or_default());
            }
            let resettled = registry.resettle(services, server.clock.now());
            left.extend(resettled.left);
            ended.extend(resettled.ended);
            // The document is compared with the one before: no revision without a change.
            registry.changes().notify_one();
            registry.nudges().notify_one();
        }
        for target in &left {
            pool.forget(target);
            if target.is_loopback() {
                finder.look_at(target.port());
            }
        }
        if let Some(registrar) = registrar
            && !ended.is_empty()
        {
            tracing::warn!(
                number = ended.len(),
                "registrations end, which the new settings leave no room for"
            );
            registrar.forget(ended).await;
        }
        self.find(new.sockets.enabled);
    }

    /// Begins or ends to look for sockets.
    fn find(&self, enabled: bool) {
        let finding = self.finding.take();
        self.finding.set(match finding {
            None if enabled => {
                let finder = Rc::clone(&self.parts.finder);
                Some(spawn_local(finder.run()).abort_handle())
            }
            Some(finding) if !enabled => {
                finding.abort();
                None
            }
            as_it_is => as_it_is,
        });
    }
}

/// What holds until the daemon is started again.
struct Fixed {
    listen: Listen,
    state_dir: Option<PathBuf>,
}

impl Fixed {
    fn of(settings: &Settings) -> Self {
        Self {
            listen: settings.listen,
            state_dir: settings.state_dir.clone(),
        }
    }
}

/// The keys of which the daemon has another value than the file.
fn needs_restart(started: &Fixed, new: &Settings) -> Vec<&'static str> {
    let keys = [
        ("listen", started.listen != new.listen),
        ("state_dir", started.state_dir != new.state_dir),
    ];
    let differ = keys.into_iter().filter(|(_, differs)| *differs);
    differ.map(|(key, _)| key).collect()
}

/// What the catalog calls itself.
pub(crate) fn name(settings: &Settings) -> String {
    let name = settings.name.as_ref();
    name.map_or_else(|| OWN_NAME.to_owned(), |name| name.0.to_string())
}

/// What the catalog has of the settings besides services.
pub(crate) fn frame_of(
    settings: &Settings,
) -> (
    Option<String>,
    u32,
    serde_json::Map<String, serde_json::Value>,
) {
    (
        Some(name(settings)),
        seconds(settings.ttl),
        settings.config.clone(),
    )
}

/// Whole seconds, as the catalog has them.
fn seconds(span: Span) -> u32 {
    u32::try_from(span.0.as_secs()).unwrap_or(u32::MAX).max(1)
}

/// What the pool may use.
pub(crate) fn limits(checks: &CheckSettings) -> Limits {
    Limits {
        in_flight: checks.in_flight.get(),
        per_host: checks.per_host.get(),
        idle: kept_connections(checks.idle_connections),
        deadline: checks.deadline.0,
    }
}

/// How often instances are checked.
pub(crate) fn pace(checks: &CheckSettings) -> Pace {
    Pace {
        steady: checks.interval.millis(),
        unsteady: checks.interval_unsteady.millis(),
        // At most a thousand.
        slack_permille: (checks.slack_percent.fraction() * 1_000.0) as u64,
    }
}

/// The times of the registry.
pub(crate) fn periods(settings: &Settings) -> Periods {
    Periods {
        retention: settings.retention.millis(),
        reread: settings.sockets.reread.millis(),
        deadline: settings.checks.deadline.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_change_is_named() {
        let started = Settings::default();
        let fixed = Fixed::of(&started);
        assert!(needs_restart(&fixed, &started).is_empty());
        let other = "listen = \"127.0.0.1:1\"\nstate_dir = \"/elsewhere\"\nttl = \"9s\"\n";
        let new = Settings::parse(other).unwrap();
        assert_eq!(needs_restart(&fixed, &new), ["listen", "state_dir"]);
    }
}
