//! The bad network: what becomes of each request on its way there and back.
//!
//! The fate of a request depends on the seed, the candidate and how many requests went there before, and on
//! nothing else: so it stays the same when a schedule is shrunk.

use crate::schedule::Weather;
use crate::serve;
use crate::visit::Asked;
use crate::world::{self, Heard, Told, World, index};
use landfall_protocol::json::OutOfBounds;
use landfall_protocol::probe::{Answer, Body, Failure};
use landfall_protocol::rng::Rng;

/// An answer under way, and after how many milliseconds it arrives.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) after: u64,
    pub(crate) told: Told,
}

/// A generator for something that is the `count`th of its `kind`.
pub(crate) fn dice(seed: u64, kind: u64, count: u64) -> Rng {
    let mut rng = Rng::new(seed ^ kind.wrapping_mul(0xff51_afd7_ed55_8ccd));
    Rng::new(rng.next_u64() ^ count.wrapping_mul(0xc4ce_b9fe_1a85_ec53))
}

/// Sends a request into the weather: no arrival, one, or (duplicated) two.
pub(crate) fn send(
    world: &mut World,
    weather: &Weather,
    asked: &Asked,
    rng: &mut Rng,
) -> Vec<Arrival> {
    let happens = |rng: &mut Rng, percent: u64| rng.below(100) < percent;
    let mut after = rng.between(weather.delay.0, weather.delay.1);
    if happens(rng, weather.slow) {
        after += rng.between(300, 4_000);
    }
    if happens(rng, weather.lost) {
        return Vec::new();
    }
    let answer = world.answer(asked.candidate, &asked.path, &asked.probe, rng);
    let Some(told) = answer else {
        return Vec::new();
    };
    let told = spoil(world, weather, asked, told, rng);
    let mut arrivals = Vec::new();
    if happens(rng, weather.duplicated) {
        arrivals.push(Arrival {
            after: after + rng.between(0, 400),
            told: told.clone(),
        });
    }
    arrivals.push(Arrival { after, told });
    arrivals
}

/// What the way back does to an answer.
fn spoil(world: &World, weather: &Weather, asked: &Asked, told: Told, rng: &mut Rng) -> Told {
    let reads = asked.probe.purpose.max_bytes() > 0;
    let fate = rng.below(100);
    let mut bound = weather.failed;
    if fate < bound {
        return (Err(Failure::Unreadable), Heard::Nothing);
    }
    // The rest spoils answers, and there has to be one that can be read.
    let Ok(answer) = &told.0 else { return told };
    if answer.status == 0 {
        return told;
    }
    bound += weather.errors;
    if fate < bound {
        return match rng.below(3) {
            0 => world::busy((rng.below(2) == 0).then(|| rng.below(4)), rng),
            _ => (Ok(Answer::new(502, Body::NotJson)), Heard::Path(502, None)),
        };
    }
    bound += weather.redirected;
    // Whoever asks to be left alone is left alone, wherever that was said.
    if fate < bound && !matches!(told.1, Heard::Busy(_)) {
        return world::redirected(answer.clone());
    }
    if !reads {
        return told;
    }
    let body = |body| (Ok(Answer::new(200, body)), Heard::Nothing);
    bound += weather.truncated;
    if fate < bound {
        return body(Body::NotJson);
    }
    bound += weather.garbage;
    if fate < bound {
        return match rng.below(3) {
            0 => body(Body::OutOfBounds(OutOfBounds::TooDeep)),
            _ => body(Body::Json(serve::garbage(rng.below(serve::GARBAGE)))),
        };
    }
    bound += weather.stale;
    match &told.1 {
        Heard::Document(document, rung) if fate < bound && document.stamp.is_some() => {
            let of = |it: &&world::Daemon| Some(it.stamp()) == document.stamp;
            let old = world.daemons.iter().find(of).map(|it| it.some(rng));
            world::document(old.unwrap_or(document), rung)
        }
        _ => told,
    }
}

/// A random place in something of that length, which is not 0, from a fresh generator.
pub(crate) fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[index(rng, from.len())]
}
