// Many services under 1 % of a core: the daemon checks as many as its budget pays for, and tells how old its oldest
// verdict is. They are found under a larger budget, and then its own is taken in.
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { atMost, isSo } from '../common/bars.mjs';
import { during, ownBytes, rssBytes } from '../common/processes.mjs';
import { rounded } from '../common/statistics.mjs';
import { startBackends } from './backends.mjs';
import { budget, servicesOn, startLandfall, untilKnown, withoutSockets } from './landfall.mjs';

/** Services that are found by their sockets, and services that stand in the settings, whose file has room for fewer. */
const WAYS = {
  sockets: { services: 10_000, brief: 100, settings: (ports) => `[sockets]\nreread = "24h"\nonly_ports = ["${ports[0]}-${ports.at(-1)}"]\n` },
  settings: { services: 4_000, brief: 100, settings: (ports) => withoutSockets + servicesOn(ports, { asked: false }) },
};
const FULL = { limitMs: 300_000, warmUpMs: 60_000, measureMs: 60_000, lookMs: 2_000 };
const BRIEF = { limitMs: 15_000, warmUpMs: 300, measureMs: 1_000, lookMs: 100 };
const BUDGET_PERCENT = 1;
/** Until all are known: what finding costs is paid for by the budget too, and would take many minutes of it. */
const FINDING_PERCENT = 50;

async function measure(way, services, how, folder) {
  const own = (...parts) => folder(way, ...parts);
  mkdirSync(own());
  const backends = await startBackends(own, services);
  const servers = [backends];
  try {
    const empty = await startLandfall(own, { name: 'empty', settings: budget(BUDGET_PERCENT) + withoutSockets });
    servers.push(empty);
    const daemon = await startLandfall(own, { name: 'full', settings: budget(FINDING_PERCENT) + WAYS[way].settings(backends.ports) });
    servers.push(daemon);
    const finding = await untilKnown(daemon, way, services, how);
    daemon.change(budget(BUDGET_PERCENT) + WAYS[way].settings(backends.ports));
    await pause(how.warmUpMs);
    const before = await daemon.status();
    const { share, seconds } = await during(daemon.pid, () => pause(how.measureMs));
    const after = await daemon.status();
    const health = await (await fetch(`${daemon.url}/v1/health`)).json();
    const checked = new Set(health.services.filter((it) => it.checked_at !== null).map((it) => it.url));
    return {
      way, services, known: after.services - 1, found_after_s: finding === null ? null : rounded(finding / 1_000),
      with_verdict: backends.ports.filter((port) => checked.has(`http://127.0.0.1:${port}`)).length,
      cpu_percent: rounded(share * 100), checks_per_s: rounded((after.checks.total - before.checks.total) / seconds),
      oldest_verdict_s: rounded(after.budget.oldest_verdict_ms / 1_000), pace_permille: after.budget.pace_permille,
      bytes_per_service: rounded((ownBytes(daemon.pid) - ownBytes(empty.pid)) / services), rss_mb: rounded(rssBytes(daemon.pid) / 1e6),
    };
  } finally {
    for (const server of servers.reverse()) await server.stop();
  }
}

export async function measureScale({ smoke, folder }) {
  const rows = [];
  for (const [way, { services, brief }] of Object.entries(WAYS)) {
    rows.push(await measure(way, smoke ? brief : services, smoke ? BRIEF : FULL, folder));
    console.error(`  done: scale, ${way}`);
  }
  return { tables: [{ title: `Many services, a budget of ${BUDGET_PERCENT} % of a core`, rows }], bars: rows.flatMap(barsOf) };
}

function barsOf({ way, services, known, with_verdict: checked, cpu_percent: share, checks_per_s: checks, bytes_per_service: bytes }) {
  const of = `${services} services (${way})`;
  return [
    atMost(`CPU with ${of}, of a core`, share, BUDGET_PERCENT * 1.05, '%'),
    isSo(`${of}: each is known and has a verdict, and checks go on (${checks} a second)`, known === services && checked === services && checks > 0),
    atMost(`memory with ${of}, each`, bytes, 512, 'bytes'),
  ];
}
