//! File descriptors: as many as the system gives, and how many of them kept connections may have.

/// Lets the daemon keep a connection for each service and each stream; the usual soft limit is 1,024.
#[cfg(unix)]
pub(crate) fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if limit.current != limit.maximum && setrlimit(Resource::Nofile, raised).is_err() {
        tracing::debug!("the limit of file descriptors stays as it is");
    }
}

#[cfg(not(unix))]
pub(crate) fn raise_limit() {}

/// Kept connections have at most half of the file descriptors: the rest is for clients, new connections and files.
#[cfg(unix)]
pub(crate) fn kept_connections(wanted: usize) -> usize {
    use rustix::process::{Resource, getrlimit};
    let limit = getrlimit(Resource::Nofile).current;
    let half = limit.map_or(usize::MAX, |it| {
        usize::try_from(it / 2).unwrap_or(usize::MAX)
    });
    if half < wanted {
        tracing::warn!(
            kept = half,
            wanted,
            "few file descriptors: fewer connections are kept, and checks cost more; raise the hard limit (ulimit -n)"
        );
    }
    wanted.min(half)
}

#[cfg(not(unix))]
pub(crate) const fn kept_connections(wanted: usize) -> usize {
    wanted
}
