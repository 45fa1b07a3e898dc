//! `landfall-sim`: runs many schedules and reports the seeds that fail, or traces one.

mod arguments;

use arguments::{Arguments, USAGE};
use landfall_sim::{Campaign, Invariant, Schedule, Tally, corpus, run, shrink, trace};
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments = match arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("{wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let done = if arguments.trace {
        show(arguments.seed)
    } else {
        measure(&arguments)
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one seed in plain sight; when it fails, shows the smallest schedule that fails likewise.
fn show(seed: u64) -> io::Result<bool> {
    let schedule = Schedule::of(seed);
    let shown = match run(&schedule).broken {
        Some(broken) => shrink(&schedule, broken.invariant),
        None => schedule,
    };
    let (outcome, lines) = trace(&shown);
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    match &outcome.broken {
        Some(broken) => writeln!(out, "FAILED (shown is the shrunk schedule): {broken}")?,
        None => writeln!(out, "every invariant held in {} steps", outcome.steps)?,
    }
    Ok(outcome.broken.is_none())
}

fn measure(arguments: &Arguments) -> io::Result<bool> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let campaign = Campaign {
        first: corpus::seeds()?,
        seed: arguments.seed,
        schedules: arguments.schedules,
        threads: arguments.threads.unwrap_or(cores),
    };
    let started = Instant::now();
    let all = campaign.first.len() as u64 + campaign.schedules;
    let terminal = io::stderr().is_terminal();
    let tally = campaign.run(|done| {
        if terminal {
            eprint!("\r\u{1b}[K  {done} of {all} schedules");
        }
    });
    if terminal {
        eprint!("\r\u{1b}[K");
    }
    let seconds = started.elapsed().as_secs_f64();
    report(&tally, seconds)?;
    if let Some(file) = &arguments.json {
        write_json(file, &tally, seconds)?;
    }
    Ok(tally.failures.is_empty())
}

fn report(tally: &Tally, seconds: f64) -> io::Result<()> {
    let (schedules, steps) = (tally.schedules, tally.steps);
    for failure in &tally.failures {
        println!("seed {}: {}", failure.seed, failure.broken);
        corpus::keep(failure.seed, failure.broken.invariant.as_str())?;
    }
    if let Some(failure) = tally.failures.first() {
        println!(
            "see it again: npm run sim -- --seed {} --trace",
            failure.seed
        );
        println!("failing seeds are kept in {}", corpus::file().display());
    }
    for corner in tally.reached.missing() {
        println!("no schedule reached: {corner}");
    }
    println!(
        "{schedules} schedules, {steps} steps, {seconds:.1} s: {}",
        match tally.failures.len() {
            0 => format!("all {} invariants held", Invariant::ALL.len()),
            count => format!("{count} schedules FAILED"),
        }
    );
    Ok(())
}

fn write_json(file: &str, tally: &Tally, seconds: f64) -> io::Result<()> {
    let failures: Vec<u64> = tally.failures.iter().map(|it| it.seed).collect();
    let invariants = Invariant::ALL.map(Invariant::as_str).to_vec();
    let measured = serde_json::json!({
        "schedules": tally.schedules,
        "steps": tally.steps,
        "seconds": (seconds * 1_000.0).round() / 1_000.0,
        "failures": failures,
        "invariants": invariants,
    });
    fs::write(file, format!("{measured:#}\n"))
}
