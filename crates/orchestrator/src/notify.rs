//! What a service manager is told (sd_notify(3)): that the daemon answers, that it takes in new settings, that it stops,
//! and that it still runs.
//!
//! Without a manager that asks for it (`NOTIFY_SOCKET`, `WATCHDOG_USEC`) nothing is sent and nothing wakes up.

use std::net::SocketAddr;

/// The daemon answers at `address`.
#[cfg(unix)]
pub(crate) fn ready(address: SocketAddr) {
    use sd_notify::NotifyState;
    let status = format!("listening on http://{address}");
    tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// The daemon takes in its settings again, until it is told [`reloaded`].
#[cfg(unix)]
pub(crate) fn reloading() {
    use sd_notify::NotifyState;
    // The manager compares the time with the one at which it asked.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the service manager was not told"),
    }
}

/// The settings hold that are in the file, or those before if it is wrong.
#[cfg(unix)]
pub(crate) fn reloaded() {
    tell(&[sd_notify::NotifyState::Ready]);
}

/// The daemon was asked to stop.
#[cfg(unix)]
pub(crate) fn stopping() {
    tell(&[sd_notify::NotifyState::Stopping]);
}

/// Says again and again that the event loop still turns, twice in the time after which the manager would start the
/// daemon anew.
#[cfg(unix)]
pub(crate) async fn keep_alive() {
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return;
    };
    loop {
        tell(&[sd_notify::NotifyState::Watchdog]);
        tokio::time::sleep(patience / 2).await;
    }
}

#[cfg(unix)]
fn tell(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager was not told");
    }
}

/// Nobody is told on this system.
#[cfg(not(unix))]
pub(crate) fn ready(_address: SocketAddr) {}

/// Nobody is told on this system.
#[cfg(not(unix))]
pub(crate) fn reloading() {}

/// Nobody is told on this system.
#[cfg(not(unix))]
pub(crate) fn reloaded() {}

/// Nobody is told on this system.
#[cfg(not(unix))]
pub(crate) fn stopping() {}

/// Nobody is told on this system.
#[cfg(not(unix))]
pub(crate) async fn keep_alive() {}
