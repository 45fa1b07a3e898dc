// `npm run sim -- --mutants`: breaks every invariant of the simulation on purpose, once, and sees that it is found.
//
// Each mutant is a small wrong change of the sources, made in a copy of the two crates below target/. A change whose text
// is no longer there is an error: a mutant that changes nothing proves nothing.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

import { targetDir } from './common/cargo.mjs';
import { Failure } from './common/failure.mjs';
import { inRoot } from './common/paths.mjs';

const RESOLVER = 'crates/protocol/src/resolver';
const USAGE = 'crates/protocol/src/usage';
const SCHEDULES = '20000';

/** One way to break each invariant: its name, the file, and the text that is replaced by another. */
const MUTANTS = [
  ['settles-once-by-deadline', `${RESOLVER}/machine.rs`, 'self.deadline = self.options.timeout;', 'self.deadline = self.options.timeout + Millis(1);'],
  ['no-worse-source', `${RESOLVER}/holdings.rs`, '(Source::Provided, &self.provided),\n            (Source::Cache, &self.cache),', '(Source::Cache, &self.cache),\n            (Source::Provided, &self.provided),'],
  ['no-older-revision', `${RESOLVER}/holdings.rs`, 'if newest.is_older_than(&before) {', 'if newest.epoch != before.epoch && newest.is_older_than(&before) {'],
  ['subscribers-agree', 'crates/sim/src/store.rs', 'if !self.shown.is_pending() {\n            let _reported', 'if self.settlements > 1 {\n            let _reported'],
  ['safe-methods-only', `${RESOLVER}/race.rs`, '.is_none_or(|page| page.origin() == origin.origin());', '.is_none_or(|page| page.origin() != origin.path());'],
  ['no-unasked-local-access', 'crates/protocol/src/probe/access.rs', 'loopback: self.loopback || page.is_none_or(BaseUrl::is_loopback),', 'loopback: true,'],
  ['no-mixed-content', `${RESOLVER}/race.rs`, 'page.is_secure() && !origin.is_secure()', '!page.is_secure() && !origin.is_secure()'],
  ['wanted-before-health', `${RESOLVER}/race.rs`, '&& contender.reason != Some(Reason::NotExpected) =>', '&& contender.reason == Some(Reason::Closed) =>'],
  ['no-equal-publications', `${RESOLVER}/publication.rs`, 'if self.published.as_ref() == Some(&snapshot) {', 'if snapshot.view.code.is_empty() {'],
  ['live-in-the-end', `${RESOLVER}/race.rs`, 'contender.at = io.now + pause;', 'contender.at = if reason == Reason::TimedOut { Millis::NEVER } else { io.now + pause };'],
  ['loss-is-noticed', `${RESOLVER}/link.rs`, 'if self.failures > 1 || reason == Reason::NobodyListening {', 'if self.failures > 1_000_000 {'],
  ['retries-in-time', `${RESOLVER}/race.rs`, 'const EAGER_PAUSE: (u64, u64) = (150, 300);', 'const EAGER_PAUSE: (u64, u64) = (600, 900);'],
  ['bounded', `${RESOLVER}/trace.rs`, 'if self.0.len() == KEPT {', 'if self.0.len() == usize::MAX {'],
  ['silent-after-close', `${RESOLVER}/machine.rs`, '        self.closed = true;\n', ''],
  ['no-busy-loop', `${RESOLVER}/race.rs`, 'take_if(|it| it.deadline <= io.now)', 'take_if(|it| it.deadline < io.now)'],
  ['value-as-delivered', `${RESOLVER}/bases.rs`, '.max_by(|(a, one), (b, two)| a.cmp(b)', '.max_by(|(a, one), (b, two)| b.cmp(a)'],
  ['events-fit', `${RESOLVER}/event.rs`, '&& from.url != to.url', '&& from.url == to.url'],
  ['one-tab-talks', `${RESOLVER}/following.rs`, '        } else {\n            self.rest();', '        } else {'],
  ['somebody-leads', `${RESOLVER}/tabs.rs`, 'const LAST_WORD: Millis = Millis(500);', 'const LAST_WORD: Millis = Millis(5_000);'],
  ['hidden-leader-yields', `${RESOLVER}/tabs.rs`, 'Role::Leader if self.followed => self.beat(visible, io),\n            Role::Follower if visible', 'Role::Leader if self.followed => self.beat(true, io),\n            Role::Follower if visible'],
  ['living-leader-stays', `${RESOLVER}/tabs.rs`, '                _ => Millis::NEVER,', '                _ => self.takeover_at,'],
  ['followers-agree', `${RESOLVER}/publication.rs`, 'if self.tabs.is_followed() {', 'if self.tabs.is_followed() && self.holdings.is_live() {'],
  ['consent-is-shared', `${RESOLVER}/machine.rs`, '                self.tabs.greet(&mut self.io);\n', ''],
  ['away-holds-nothing', `${RESOLVER}/tabs.rs`, '            io.act(Action::Leave);\n', ''],
  ['sent-once', `${USAGE}/call.rs`, 'method.is_idempotent() && replayable && self.tries < retries', 'self.tries < retries'],
  ['retries-bounded', `${USAGE}/call.rs`, '&& self.tries < retries', '&& self.tries <= retries'],
  ['ends-by-deadline', `${USAGE}/call.rs`, 'if pause < call.left(now) {', 'if pause < Millis::NEVER {'],
  ['retry-after-obeyed', `${USAGE}/route.rs`, '&& self.spared_until(call, url) <= now', ''],
  ['open-circuit-left-alone', `${USAGE}.rs`, 'State::Open(until) | State::HalfOpen(until) => until <= now,', 'State::Open(until) | State::HalfOpen(until) => until > now,'],
  ['barred-with-cause', `${USAGE}.rs`, 'State::Closed => true,', 'State::Closed => self.places.len() != 3,'],
  ['goes-where-listed', `${USAGE}.rs`, 'name => it.name.as_str() == name,', 'name => it.name.as_str() >= name,'],
  ['healthiest-first', `${USAGE}/route.rs`, 'let rank = (is_new, it.health, it.weight > 0);', 'let rank = (is_new, HealthClass::Unhealthy, it.weight > 0);'],
  ['fails-over', `${USAGE}/call.rs`, '            Millis::ZERO\n        } else if asks', '            call.previous\n        } else if asks'],
  ['loss-is-looked-for', `${USAGE}/call.rs`, 'self.wants_look = true;', 'self.wants_look = false;'],
  ['reports-fit', `${USAGE}/call.rs`, 'place.failed += 1;', 'place.answered += 1;'],
  ['same-seed-same-run', `${RESOLVER}/machine.rs`, 'io: Io::new(seed),', 'io: Io::new({ static RUNS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0); seed ^ RUNS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) }),'],
];

/** The two crates with a workspace of their own, built for quick turns. */
function copy(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['Cargo.lock', 'crates/protocol', 'crates/sim']) cpSync(inRoot(part), path.join(folder, part), { recursive: true });
  const manifest = readFileSync(inRoot('Cargo.toml'), 'utf8');
  const workspace = manifest.slice(0, manifest.indexOf('\n[package]'));
  writeFileSync(
    path.join(folder, 'Cargo.toml'),
    `${workspace.replace(/members = \[[^\]]*\]/, 'members = ["crates/protocol", "crates/sim"]')}\n[profile.dev]\nopt-level = 1\ndebug = false\n`,
  );
}

/** Builds and runs the simulation in the copy; gives what it printed and whether every invariant held. */
function simulate(folder, target) {
  const cargo = (...args) => spawnSync('cargo', args, { cwd: folder, env: { ...process.env, CARGO_TARGET_DIR: target, RUSTFLAGS: '--cap-lints=warn -Awarnings' }, encoding: 'utf8' });
  const built = cargo('build', '--quiet', '--package', 'landfall-sim', '--bin', 'landfall-sim');
  if (built.status !== 0) throw new Failure(`the copy does not build:\n${built.stderr.split('\n').slice(0, 20).join('\n')}`);
  const run = spawnSync(path.join(target, 'debug', 'landfall-sim'), ['--schedules', SCHEDULES], { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  return { held: run.status === 0, said: run.stdout };
}

/** Every mutant in turn, or those of the named invariants; fails when one survives, or is found by another invariant only. */
export function mutants(names = []) {
  const folder = path.join(targetDir(), 'mutants');
  const target = path.join(targetDir(), 'mutants-build');
  copy(folder);
  if (!simulate(folder, target).held) throw new Failure('the simulation fails without any mutant');
  const invariants = new Set(readFileSync(inRoot('crates/sim/src/invariant.rs'), 'utf8').match(/"[a-z-]+"/g).map((name) => name.slice(1, -1)));
  const survivors = [];
  let tried = 0;
  for (const [invariant, file, from, to] of MUTANTS) {
    invariants.delete(invariant);
    if (names.length > 0 && !names.includes(invariant)) continue;
    const source = path.join(folder, file);
    const text = readFileSync(source, 'utf8');
    if (text.split(from).length !== 2) throw new Failure(`the mutant of ${invariant}: its text is not in ${file} exactly once`, { advice: 'bring scripts/mutants.mjs up to date' });
    writeFileSync(source, text.replace(from, () => to));
    const { said } = simulate(folder, target);
    writeFileSync(source, text);
    tried += 1;
    const found = new RegExp(`^seed \\d+: ${invariant} `, 'm').test(said);
    console.error(`  ${found ? 'found   ' : 'SURVIVED'}  ${invariant}`);
    if (!found) survivors.push(invariant);
  }
  if (invariants.size > 0) throw new Failure(`no mutant breaks ${[...invariants].join(', ')}`);
  if (survivors.length > 0) throw new Failure(`not found: ${survivors.join(', ')}`);
  console.log(`${tried} of ${tried} mutants were found, each by the invariant that it breaks`);
}
