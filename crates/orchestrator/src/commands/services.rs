//! `landfall services`: what the running daemon knows, one line for each instance.

use super::ask::{Asked, Daemon};
use super::table::{Cell, Column, Screen, Tone, printable, table};
use super::{block_on, print, print_json};
use crate::error::Error;
use clap::Args;
use landfall_protocol::catalog::{Document, HealthClass, Service, WELL_KNOWN};
use landfall_protocol::name::Name;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// What is shown.
#[derive(Debug, Args)]
pub(crate) struct Services {
    #[command(flatten)]
    daemon: Daemon,
    /// Prints JSON for programs.
    #[arg(long)]
    json: bool,
}

/// The body of `/v1/health`, as far as it is shown.
#[derive(Deserialize)]
struct Health {
    /// Milliseconds since 1970 by the daemon's clock.
    now: u64,
    services: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    service: String,
    url: String,
    class: String,
    class_since: Option<u64>,
    reason: Option<String>,
    message: Option<String>,
    status: Option<u16>,
    health: Option<u8>,
    age_ms: Option<u64>,
    latency_us: Option<u64>,
    source: Option<String>,
}

/// One service in the JSON.
#[derive(Serialize)]
struct Shown<'s> {
    name: &'s str,
    title: Option<&'s str>,
    endpoints: usize,
    instances: Vec<Instance<'s>>,
}

#[derive(Serialize)]
struct Instance<'s> {
    url: &'s str,
    weight: u16,
    class: &'static str,
    /// For how long it has been that.
    class_age_ms: Option<u64>,
    /// Why it is not healthy: a code, and words.
    reason: Option<String>,
    message: Option<String>,
    status: Option<u16>,
    health: Option<u8>,
    latency_us: Option<u64>,
    age_ms: Option<u64>,
    source: Option<String>,
}

const COLUMNS: [Column; 8] = [
    Column::text("SERVICE"),
    Column::words("CLASS"),
    Column::number("HEALTH"),
    Column::number("LATENCY"),
    Column::number("CHECKED"),
    Column::number("ENDPOINTS"),
    Column::words("SOURCE"),
    Column::text("INSTANCE"),
];
/// Of what is not healthy.
const WHY: [Column; 5] = [
    Column::text("SERVICE"),
    Column::words("CLASS"),
    Column::number("SINCE"),
    Column::text("REASON"),
    Column::text("INSTANCE"),
];
/// Where there is nothing to say.
const NOTHING: &str = "-";

impl Services {
    /// Asks and prints.
    pub(crate) fn run(&self) -> Result<(), Error> {
        let (services, health) = block_on(read(&self.daemon.asked()))?;
        let verdicts: HashMap<_, _> = health
            .services
            .iter()
            .map(|verdict| ((verdict.service.as_str(), verdict.url.as_str()), verdict))
            .collect();
        let services: Vec<_> = services
            .iter()
            .map(|it| shown(it, health.now, &verdicts))
            .collect();
        if self.json {
            print_json(&services)
        } else {
            print(&for_people(Screen::stdout(), &services))
        }
    }
}

async fn read(daemon: &Asked) -> Result<(Vec<Service>, Health), Error> {
    let catalog: Value = daemon.get(WELL_KNOWN).await?;
    let document = Document::from_json(&catalog);
    let document = document.map_err(|refused| daemon.stranger(WELL_KNOWN, &refused))?;
    let health = daemon.get("/v1/health").await?;
    Ok((document.services.to_vec(), health))
}

fn shown<'s>(
    service: &'s Service,
    now: u64,
    verdicts: &HashMap<(&str, &str), &Verdict>,
) -> Shown<'s> {
    let instances = service.instances.iter().map(|instance| {
        let verdict = verdicts.get(&(service.name.as_str(), instance.url.as_str()));
        // The newer of the two; a class of a newer daemon is 'unknown'.
        let class = verdict.map_or(instance.health, |verdict| {
            HealthClass::parse(&verdict.class).unwrap_or(HealthClass::Unknown)
        });
        Instance {
            url: instance.url.as_str(),
            weight: instance.weight,
            class: class.as_str(),
            class_age_ms: verdict
                .and_then(|verdict| verdict.class_since)
                .map(|since| now.saturating_sub(since)),
            reason: verdict.and_then(|verdict| printable(verdict.reason.as_deref()?)),
            message: verdict.and_then(|verdict| printable(verdict.message.as_deref()?)),
            status: verdict.and_then(|verdict| verdict.status),
            health: verdict.and_then(|verdict| verdict.health),
            latency_us: verdict.and_then(|verdict| verdict.latency_us),
            age_ms: verdict.and_then(|verdict| verdict.age_ms),
            source: verdict.and_then(|verdict| printable(verdict.source.as_deref()?)),
        }
    });
    Shown {
        name: service.name.as_str(),
        title: service.title.as_ref().map(Name::as_str),
        endpoints: service.endpoints.len(),
        instances: instances.collect(),
    }
}

fn for_people(screen: Screen, services: &[Shown<'_>]) -> String {
    let mut rows = Vec::new();
    for service in services {
        let endpoints = service.endpoints.to_string();
        if service.instances.is_empty() {
            let mut row = [NOTHING; 8].map(Cell::from);
            row[0] = service.name.into();
            row[5] = endpoints.into();
            rows.push(row);
            continue;
        }
        for (place, instance) in service.instances.iter().enumerate() {
            // The second and further instances stand below the first one.
            let first = |text: &str| if place == 0 { text } else { "" }.to_owned();
            rows.push([
                first(service.name).into(),
                Cell::new(instance.class, tone(instance.class)),
                said(instance.health.map(|health| health.to_string())),
                said(instance.latency_us.map(latency)),
                said(instance.age_ms.map(ago)),
                first(&endpoints).into(),
                said(instance.source.clone()),
                instance.url.into(),
            ]);
        }
    }
    let mut text = table(screen, COLUMNS, &rows);
    let wrong = why(services);
    if !wrong.is_empty() {
        text.push('\n');
        text += &table(screen, WHY, &wrong);
    }
    text
}

/// Why instances are not healthy, one line for each.
fn why(services: &[Shown<'_>]) -> Vec<[Cell; 5]> {
    let mut rows = Vec::new();
    for service in services {
        for instance in &service.instances {
            let Some(message) = &instance.message else {
                continue;
            };
            rows.push([
                service.name.into(),
                Cell::new(instance.class, tone(instance.class)),
                said(instance.class_age_ms.map(ago)),
                message.clone().into(),
                instance.url.into(),
            ]);
        }
    }
    rows
}

fn ago(millis: u64) -> String {
    format!("{} ago", span(millis))
}

fn said(text: Option<String>) -> Cell {
    text.map_or_else(|| Cell::new(NOTHING, Tone::Faint), Cell::from)
}

fn tone(class: &str) -> Tone {
    match class {
        "healthy" => Tone::Good,
        "degraded" => Tone::Doubtful,
        "unhealthy" => Tone::Bad,
        _ => Tone::Faint,
    }
}

/// A latency as people say it.
pub(super) fn latency(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} us"),
        1_000..1_000_000 => format!("{:.1} ms", micros as f64 / 1e3),
        _ => format!("{:.2} s", micros as f64 / 1e6),
    }
}

/// A span of time in its largest unit.
pub(super) fn span(millis: u64) -> String {
    let seconds = millis / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_in_a_unit_that_suits_them() {
        assert_eq!(
            [0, 999, 1_500, 2_345_000].map(latency),
            ["0 us", "999 us", "1.5 ms", "2.35 s"]
        );
        assert_eq!(
            [900, 119_999, 120_000, 7_300_000, 200_000_000].map(span),
            ["0 s", "119 s", "2 min", "2 h", "2 d"]
        );
    }
}
