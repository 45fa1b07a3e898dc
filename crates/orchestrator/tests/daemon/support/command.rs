//! The commands of the binary, without what the surroundings of the test would have them do.

use std::process::Command;

/// `landfall COMMAND`.
pub(crate) fn landfall(command: &str) -> Command {
    let mut landfall = Command::new(env!("CARGO_BIN_EXE_landfall"));
    landfall.arg(command);
    for (variable, _) in std::env::vars_os() {
        if variable
            .to_str()
            .is_some_and(|it| it.starts_with("LANDFALL_"))
        {
            landfall.env_remove(variable);
        }
    }
    landfall
}

/// Runs a command: its exit status, its output and its errors.
pub(crate) fn said(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let status = output.status.code().unwrap();
    (status, text(output.stdout), text(output.stderr))
}
