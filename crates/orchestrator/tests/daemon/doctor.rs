//! `landfall doctor`: the command line, beside real daemons, real programs and real files.

use crate::support::backend::{Backend, free_ports};
use crate::support::command::{landfall, said};
use crate::support::daemon::{Daemon, QUIET};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// What the doctor says, for people and for programs.
struct Seen {
    status: i32,
    text: String,
    findings: Vec<Value>,
}

impl Seen {
    /// The state of a check: its worst, if it has several.
    fn state<'s>(&'s self, check: &'s str) -> &'s str {
        let states = self.of(check).map(|it| it["state"].as_str().unwrap());
        let rank = |state: &&str| {
            ["ok", "warning", "problem"]
                .iter()
                .position(|it| it == state)
        };
        states.max_by_key(rank).unwrap_or("absent")
    }

    fn of<'s>(&'s self, check: &'s str) -> impl Iterator<Item = &'s Value> {
        self.findings.iter().filter(move |it| it["check"] == check)
    }

    /// Whether some finding of a check has this in what it says, or in what to do.
    fn says(&self, check: &str, part: &str) -> bool {
        let has = |value: &Value| value.as_str().is_some_and(|text| text.contains(part));
        self.of(check)
            .any(|it| has(&it["said"]) || has(&it["mend"]))
    }
}

fn doctor(folder: &Path, listen: &str, further: &[&str]) -> Seen {
    let look = |form: &[&str]| {
        let mut command = landfall("doctor");
        command.args(["--listen", listen, "--state-dir"]);
        command.arg(folder.join("state"));
        said(command.args(further).args(form))
    };
    let (status, text, err) = look(&[]);
    assert_eq!(err.is_empty(), status == 0, "{err}");
    let (again, json, _) = look(&["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((again, &json["ok"]), (status, &Value::from(status == 0)));
    Seen {
        status,
        text,
        findings: json["findings"].as_array().unwrap().clone(),
    }
}

/// An address where nobody listens.
fn free() -> String {
    let [port] = free_ports();
    format!("127.0.0.1:{port}")
}

#[test]
fn a_running_daemon_is_found_well() {
    let daemon = Daemon::start(QUIET);
    let settings = daemon.folder().join("landfall.toml");
    let address = daemon.address.to_string();
    let further = ["--settings", settings.to_str().unwrap()];
    let seen = doctor(daemon.folder(), &address, &further);
    assert_eq!(seen.status, 0, "{}", seen.text);
    assert!(
        seen.says("port", &format!("process {}", daemon.pid())),
        "{}",
        seen.text
    );
    assert!(
        seen.says("registry", "is the running daemon's"),
        "{}",
        seen.text
    );
    for check in ["settings", "state", "registry", "token", "budget", "clock"] {
        assert_eq!(seen.state(check), "ok", "{check}: {}", seen.text);
    }
    assert!(!seen.text.contains("problem") && seen.text.contains("ok       port "));
}

#[test]
fn before_the_first_start_nothing_is_wrong_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let seen = doctor(folder.path(), &free(), &[]);
    assert_eq!(seen.status, 0, "{}", seen.text);
    assert!(seen.says("port", "no daemon runs there") && seen.says("state", "first start"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_port_that_another_program_has_is_told_with_its_process() {
    let other = Backend::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let seen = doctor(folder.path(), &other.address.to_string(), &[]);
    assert_eq!((seen.status, seen.state("port")), (1, "problem"));
    assert!(
        seen.says("port", &format!("process {}", std::process::id())),
        "{}",
        seen.text
    );
    assert!(seen.says("port", "--listen"), "{}", seen.text);
    assert!(
        seen.says("port", "/v1/status gave status 404"),
        "{}",
        seen.text
    );
    assert!(!seen.says("port", "--daemon"), "{}", seen.text);
}

#[test]
fn wrong_settings_are_told_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("landfall.toml");
    fs::write(&file, "[checks]\nintervall = \"1s\"\n").unwrap();
    let seen = doctor(
        folder.path(),
        &free(),
        &["--settings", file.to_str().unwrap()],
    );
    assert_eq!((seen.status, seen.state("settings")), (1, "problem"));
    assert!(seen.says("settings", "line 2, column 1"), "{}", seen.text);
}

#[test]
fn a_state_folder_that_another_daemon_has_is_told_and_a_lock_file_alone_is_no_lock() {
    let daemon = Daemon::start(QUIET);
    let seen = doctor(daemon.folder(), &free(), &[]);
    assert_eq!((seen.status, seen.state("registry")), (1, "problem"));
    let pid = daemon.pid().to_string();
    assert!(
        seen.says("registry", &format!("in use by process {pid}")),
        "{}",
        seen.text
    );
    assert!(
        seen.says("port", "another daemon of this user"),
        "{}",
        seen.text
    );
    daemon.signal("KILL");
    let (_, folder) = daemon.wait();
    assert!(folder.path().join("state/lock").exists());
    let seen = doctor(folder.path(), &free(), &[]);
    assert_eq!(
        (seen.status, seen.state("registry")),
        (0, "ok"),
        "{}",
        seen.text
    );
}

#[test]
fn what_is_wrong_with_the_files_of_the_state_is_told_with_what_to_do() {
    let (status, folder) = {
        let daemon = Daemon::start(QUIET);
        daemon.signal("TERM");
        daemon.wait()
    };
    assert!(status.success());
    let token = folder.path().join("state/token");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    let seen = doctor(folder.path(), &free(), &[]);
    assert_eq!((seen.status, seen.state("token")), (1, "problem"));
    assert!(seen.says("token", "chmod 600"), "{}", seen.text);
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&token, "secret").unwrap();
    fs::write(folder.path().join("state/epoch.json"), "{").unwrap();
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path().join("state"), open).unwrap();
    let seen = doctor(folder.path(), &free(), &[]);
    assert_eq!(
        (seen.state("token"), seen.state("registry")),
        ("problem", "problem")
    );
    assert_eq!((seen.state("state"), seen.status), ("warning", 1));
    assert!(!seen.text.contains("secret"));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let seen = doctor(&file, &free(), &[]);
    assert_eq!((seen.status, seen.state("state")), (1, "problem"));
}

#[test]
fn a_clock_that_was_set_is_told() {
    let status = r#"{"version": "0.1.0", "epoch": {"registry": "r"}, "budget":
        {"budget_permille": 10, "used_permille": 4, "overdue": 0, "oldest_verdict_ms": 500}}"#;
    // A check half a second ago, an hour later by the wall clock.
    let health = r#"{"now": 3600500, "services":
        [{"service": "shop", "class": "healthy", "checked_at": 0, "age_ms": 500}]}"#;
    let answers = [("/v1/status", 200, status), ("/v1/health", 200, health)];
    let daemon = Backend::start(&answers);
    let folder = tempfile::tempdir().unwrap();
    let seen = doctor(folder.path(), &daemon.address.to_string(), &[]);
    assert_eq!(seen.state("clock"), "warning", "{}", seen.text);
    assert!(seen.says("clock", "forwards by 3600 s"), "{}", seen.text);
    assert!(seen.says("clock", "time synchronisation"), "{}", seen.text);
}

#[test]
fn what_another_user_has_is_told_and_nothing_is_to_be_deleted_for_it() {
    let daemon = Daemon::start(QUIET);
    let state = daemon.folder().join("state");
    let mut command = landfall("doctor");
    // Only another user is kept out of everything where this one is the superuser.
    if rustix::process::geteuid().is_root() {
        // Where the program was built may be closed to others.
        let program = daemon.folder().join("landfall");
        // By another process: what this one holds open for writing, children of other tests would hold too, and nobody
        // could run it.
        let mut copy = Command::new("cp");
        copy.arg(command.get_program()).arg(&program);
        assert!(copy.status().unwrap().success());
        command = Command::new(program);
        command.arg("doctor").env_clear().uid(65_534);
        fs::set_permissions(daemon.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    } else {
        for file in ["token", "epoch.json"] {
            fs::set_permissions(state.join(file), fs::Permissions::from_mode(0o000)).unwrap();
        }
    }
    command.args(["--listen", &free(), "--state-dir"]);
    let (status, out, err) = said(command.arg(state));
    assert_eq!(status, 1, "{out}{err}");
    assert_eq!(out.matches("is closed to this user").count(), 2, "{out}");
    assert!(
        !out.contains("delete") && !out.contains("move the file away"),
        "{out}"
    );
}

#[test]
fn a_budget_that_is_too_small_for_the_checks_is_told_with_one_that_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("landfall.toml");
    let services = (1..=100)
        .map(|port| {
            format!("[[services]]\nname = \"s{port}\"\nurl = \"http://127.0.0.1:{port}\"\n")
        })
        .collect::<String>();
    let checks = "[budget]\ncpu_percent = 0.1\n[checks]\ninterval = \"1s\"\n";
    fs::write(&file, format!("{checks}{services}")).unwrap();
    let seen = doctor(
        folder.path(),
        &free(),
        &["--settings", file.to_str().unwrap()],
    );
    assert_eq!(
        (seen.status, seen.state("budget")),
        (0, "warning"),
        "{}",
        seen.text
    );
    assert!(
        seen.says("budget", "budget.cpu_percent to 0.6"),
        "{}",
        seen.text
    );
}
