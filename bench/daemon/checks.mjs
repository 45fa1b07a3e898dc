// What a health check costs: the daemon and other checkers, one after the other, on the same backends, each asking
// every one of them once a second. Rounds, so that what else the machine does falls on all of them.
import { setTimeout as pause } from 'node:timers/promises';

import { atMost } from '../common/bars.mjs';
import { during, rssBytes } from '../common/processes.mjs';
import { median, rounded } from '../common/statistics.mjs';
import { startBackends } from './backends.mjs';
import { budget, everySoOften, servicesOn, startLandfall, withoutSockets } from './landfall.mjs';
import { PEER_NAMES, missing, startPeer } from './peers.mjs';

const FULL = { backends: 200, rounds: 3, warmUpMs: 6_000, measureMs: 30_000, peers: PEER_NAMES };
const BRIEF = { backends: 50, rounds: 1, warmUpMs: 1_200, measureMs: 2_000, peers: [] };

/** The budget is not what is measured here: it must not hold anything back. */
const settings = (ports) => everySoOften('1s') + withoutSockets + budget(100) + servicesOn(ports);

const start = (kind, ports, folder) => (kind === 'landfall' ? startLandfall(folder, { settings: settings(ports) }) : startPeer(kind, ports, folder));

async function measure(kind, backends, folder, { warmUpMs, measureMs }) {
  const server = await start(kind, backends.ports, folder);
  try {
    await pause(warmUpMs);
    const before = await backends.counted();
    const { micros, seconds } = await during(server.pid, () => pause(measureMs));
    const after = await backends.counted();
    const checks = after.requests - before.requests;
    if (checks === 0) throw new Error(`${kind} checked nothing; it wrote:\n${server.output()}`);
    return { us: micros / checks, perSecond: checks / seconds, connections: after.connections - before.connections, rss: rssBytes(server.pid) / 1e6 };
  } finally {
    await server.stop();
  }
}

export async function measureChecks({ smoke, folder }) {
  const how = smoke ? BRIEF : FULL;
  const notAvailable = {};
  const kinds = ['landfall'];
  for (const peer of how.peers) {
    const why = await missing(peer);
    if (why === null) kinds.push(peer);
    else notAvailable[peer] = why;
  }
  const backends = await startBackends(folder, how.backends);
  const rounds = [];
  try {
    for (let round = 0; round < how.rounds; round += 1) {
      const of = {};
      for (const kind of kinds) of[kind] = await measure(kind, backends, folder, how);
      rounds.push(of);
      console.error(`  done: checks, round ${round + 1} of ${how.rounds}`);
    }
  } finally {
    await backends.stop();
  }
  return summary(kinds, rounds, notAvailable, how);
}

function summary(kinds, rounds, notAvailable, how) {
  const middle = (kind, value) => rounded(median(rounds.map((round) => value(round[kind], round))));
  const rows = kinds.map((checker) => ({
    checker,
    us_per_check: middle(checker, (it) => it.us),
    ratio_to_envoy: kinds.includes('envoy') ? middle(checker, (it, round) => it.us / round.envoy.us) : null,
    checks_per_s: middle(checker, (it) => it.perSecond),
    new_connections: middle(checker, (it) => it.connections),
    rss_mb: middle(checker, (it) => it.rss),
  }));
  const [{ ratio_to_envoy: ratio, rss_mb: rss }] = rows;
  return {
    not_available: notAvailable,
    tables: [{ title: `A health check: ${how.backends} backends, every second (p50 of ${how.rounds} rounds of ${how.measureMs / 1_000} s)`, rows }],
    bars: [
      atMost('CPU per check, of Envoy in the same run', ratio, 0.5, 'x'),
      atMost('CPU per check, of Envoy in the same run: the goal', ratio, 0.25, 'x'),
      atMost(`RSS at ${how.backends} services`, rss, 8, 'MB'),
    ],
  };
}
