// Thousands of sockets that appear at once beside services that are checked every second: what finding them takes from the checks. A
// second daemon, which does not look at sockets, checks the same services meanwhile.
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { atMost, isSo } from '../common/bars.mjs';
import { cpuMicros } from '../common/processes.mjs';
import { rounded } from '../common/statistics.mjs';
import { freeRun, startBackends } from './backends.mjs';
import { budget, everySoOften, servicesOn, startLandfall, untilKnown, withoutSockets } from './landfall.mjs';

const FULL = { services: 200, flood: 4_000, limitMs: 300_000, lookMs: 500, quietMs: 30_000, measureMs: 120_000, sampleMs: 1_000 };
const BRIEF = { services: 20, flood: 100, limitMs: 15_000, lookMs: 100, quietMs: 300, measureMs: 1_500, sampleMs: 200 };
const BUDGET_PERCENT = 1;
const WINDOW_MS = 60_000;
/** Of the other daemon's checks: finding, asking and reading take a part of the budget while checks wait. */
const LEAST_CHECKS = 0.75;

/** CPU of each daemon in milliseconds, for every sample. */
async function sample(daemons, { measureMs, sampleMs }) {
  const took = Object.fromEntries(Object.keys(daemons).map((name) => [name, []]));
  const used = () => Object.fromEntries(Object.entries(daemons).map(([name, { pid }]) => [name, cpuMicros(pid) / 1_000]));
  const began = performance.now();
  let before = used();
  for (let next = began + sampleMs; next <= began + measureMs; next += sampleMs) {
    await pause(Math.max(0, next - performance.now()));
    const after = used();
    for (const name of Object.keys(daemons)) took[name].push(after[name] - before[name]);
    before = after;
  }
  return took;
}

/** The most that `count` samples in a row have taken. */
const fullest = (samples, count) =>
  Math.max(...samples.slice(Math.min(count, samples.length) - 1).map((_, index) => samples.slice(index, index + count).reduce((sum, it) => sum + it, 0)));

export async function measureFlood({ smoke, folder }) {
  const how = smoke ? BRIEF : FULL;
  const own = (...parts) => folder('flood', ...parts);
  mkdirSync(own());
  const servers = [];
  const started = (server) => {
    servers.push(server);
    return server;
  };
  try {
    const backends = started(await startBackends(folder, how.services));
    const first = await freeRun(how.flood);
    const common = everySoOften('1s') + budget(BUDGET_PERCENT) + servicesOn(backends.ports);
    const daemons = {
      'looking for sockets': started(await startLandfall(folder, { name: 'looking', settings: `[sockets]\nonly_ports = ["${first}-${first + how.flood - 1}"]\n${common}` })),
      'settings only': started(await startLandfall(folder, { name: 'settings', settings: withoutSockets + common })),
    };
    for (const [name, daemon] of Object.entries(daemons)) {
      if ((await untilKnown(daemon, name, how.services, how)) === null && !smoke) throw new Error(`${name}: the services were not all checked within ${how.limitMs / 60_000} minutes`);
    }
    await pause(how.quietMs);
    const before = Object.fromEntries(await Promise.all(Object.entries(daemons).map(async ([name, it]) => [name, await it.status()])));
    const [took] = await Promise.all([sample(daemons, how), startBackends(own, how.flood, first).then(started)]);
    const seconds = how.measureMs / 1_000;
    const rows = await Promise.all(Object.entries(daemons).map(async ([name, daemon]) => {
      const after = await daemon.status();
      const window = Math.min(WINDOW_MS, how.measureMs);
      return {
        daemon: name, found: after.services - 1 - how.services, checks_per_s: rounded((after.checks.total - before[name].checks.total) / seconds),
        oldest_verdict_s: rounded(after.budget.oldest_verdict_ms / 1_000), most_ms_in_a_second: rounded(fullest(took[name], Math.round(1_000 / how.sampleMs))),
        fullest_minute_percent: rounded((fullest(took[name], window / how.sampleMs) / window) * 100),
      };
    }));
    const [looking, other] = rows;
    return {
      tables: [{ title: `${how.flood} sockets at once beside ${how.services} services that are checked every second, the ${seconds} s after it, a budget of ${BUDGET_PERCENT} % of a core`, rows }],
      bars: [
        atMost(`the fullest minute after ${how.flood} sockets`, looking.fullest_minute_percent, BUDGET_PERCENT * 1.05, '%'),
        isSo(`sockets are found meanwhile (${looking.found})`, looking.found > 0),
        isSo(`checks go on meanwhile: at least ${LEAST_CHECKS} of the other daemon's (${looking.checks_per_s} and ${other.checks_per_s} a second)`, looking.checks_per_s >= other.checks_per_s * LEAST_CHECKS),
      ],
    };
  } finally {
    for (const server of servers.reverse()) await server.stop();
  }
}
