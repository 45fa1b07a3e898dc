// The real daemon among many services that come, go, hang and break, for as long as one likes; it is watched from outside.
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { cpuMicros, rssBytes } from '../../bench/common/processes.mjs';
import { freeRun } from '../../bench/daemon/backends.mjs';
import { budget, servicesOn, startLandfall } from '../../bench/daemon/landfall.mjs';
import { WELL_KNOWN } from '../support/catalogs.mjs';
import { change, createRegistrar, settle } from './churn.mjs';
import { createClients } from './clients.mjs';
import { createService } from './fleet.mjs';
import { judge } from './judge.mjs';
import { oneOf, random } from './random.mjs';

/** In which way a service is known: one in five is in the settings, two register, two are found by their sockets. */
const KINDS = ['set', 'reg', 'reg', 'fnd', 'fnd'];
const IN_FLIGHT = 10;
const STREAMS = 3;
/** Settling at the end may take long where the budget is short; this is for a daemon that will never get there. */
const SETTLING_MS = 600_000;

const FULL = { services: 500, changesPerSecond: 1, actMs: 5_000, sampleMs: 1_000, windowMs: 60_000, budgetPercent: 1, interval: '2s' };
/** Brief, and so without a budget that holds anything back. */
const BRIEF = { services: 60, changesPerSecond: 8, actMs: 500, sampleMs: 200, windowMs: 60_000, budgetPercent: 100, interval: '500ms' };

const settings = (services, { interval, budgetPercent }) => {
  const found = services.filter(({ kind }) => kind === 'fnd').flatMap(({ ports }) => ports);
  return `[sockets]\nonly_ports = [${found.join(', ')}]\n[checks]\ninterval = "${interval}"\ninterval_unsteady = "1s"\n${budget(budgetPercent)}`
    + servicesOn(services.filter(({ kind }) => kind === 'set').map(({ ports }) => ports[0]));
};

/** Services of every kind; one that is found by its socket has two ports, and comes back on either. */
async function fleet(count) {
  const kinds = Array.from({ length: count }, (_, index) => KINDS[index % KINDS.length]);
  const portsOf = (kind) => (kind === 'fnd' ? 2 : 1);
  let next = await freeRun(kinds.reduce((sum, kind) => sum + portsOf(kind), 0));
  return kinds.map((kind, index) => {
    const own = Array.from({ length: portsOf(kind) }, () => next++);
    return createService(kind, kind === 'set' ? `s${own[0]}` : `${kind}-${index}`, own);
  });
}

/** Services that the catalog does not show where they are, under their names; or does not show healthy there. */
async function missing(url, services, { healthy }) {
  const catalog = await (await fetch(`${url}${WELL_KNOWN}`)).json();
  const at = new Map(catalog.services.flatMap((it) => it.instances.map((instance) => [new URL(instance.url).port, { ...it, health: instance.health }])));
  return services.filter(({ kind, name, port }) => {
    const known = at.get(String(port));
    const named = kind === 'fnd' ? `${name}-api` : name;
    return known?.name !== named || (healthy && known.health !== 'healthy');
  });
}

/** Once every so often until `stopped`; a slow turn is followed by the next one at once, and is not made up for. */
async function every(milliseconds, stopped, work) {
  while (!stopped()) {
    const began = performance.now();
    await work();
    await pause(Math.max(0, milliseconds - (performance.now() - began)));
  }
}

const look = (pid) => ({
  at: performance.now(), cpu: cpuMicros(pid), rss: rssBytes(pid), descriptors: readdirSync(`/proc/${pid}/fd`).length,
  threads: readdirSync(`/proc/${pid}/task`).length, load: loadavg()[0],
});

/**
 * @param {(...parts: string[]) => string} folder paths below a folder
 * @param {{minutes: number, smoke: boolean, seed: number, tell: (line: string) => void}} options
 * @returns {Promise<object>} what was measured, and `breaches` in words
 */
export async function soak(folder, { minutes, smoke, seed, tell }) {
  const how = smoke ? BRIEF : FULL;
  const chance = random(seed);
  const services = await fleet(how.services);
  for (const service of services) await service.comes();
  const daemon = await startLandfall(folder, { name: 'soak', settings: settings(services, how) });
  const registrar = createRegistrar(daemon.url, folder('soak', 'state', 'token'));
  const clients = createClients(daemon.url, { chance, streams: STREAMS, services });
  const samples = [];
  const failed = [];
  let changes = 0;
  let done = false;
  // Leases are renewed to the very end, while all that is still to come is waited for.
  const renewing = every(1_000, () => done, () => registrar.renew(services));
  try {
    for (const service of services.filter(({ kind }) => kind === 'reg')) await registrar.register(service);
    await allKnown(daemon.url, services, 'at the beginning');
    tell(`${services.length} services are known; seed ${seed}`);

    const end = performance.now() + minutes * 60_000;
    const over = () => performance.now() >= end;
    const told = { at: performance.now() };
    await Promise.all([
      every(1_000 / how.changesPerSecond, over, async () => {
        await change(chance, oneOf(chance, services), registrar);
        changes += 1;
      }),
      every(how.actMs, over, () => clients.act()),
      every(how.sampleMs, over, () => {
        samples.push(look(daemon.pid));
        if (performance.now() - told.at < 60_000) return;
        told.at = performance.now();
        const { rss, descriptors, threads, load } = samples.at(-1);
        tell(`${changes} changes, ${(rss / 1e6).toFixed(1)} MB, ${descriptors} descriptors, ${threads} threads, load ${load.toFixed(1)}`);
      }),
    ]);
    await settle(services, registrar);
    await allKnown(daemon.url, services, 'at the end');
    const ill = await waited(daemon.url, services, { healthy: true });
    const { checks, budget: kept } = await daemon.status();
    const { measured, leaks, budget: bars } = judge(samples, {
      services: services.length, clients: STREAMS + 4, inFlight: IN_FLIGHT, cores: cpus().length, ...how,
    });
    if (ill.length > 0) failed.push(`${ill.length} services are well, and not in the catalog as healthy: ${named(ill)}`);
    failed.push(...clients.complaints, ...registrar.refused.map(({ name, status }) => `the registration of ${name} was refused: ${status}`));
    const breaches = [...leaks, ...bars].filter(({ holds }) => !holds).map(({ what, bar, measured: is }) => `${what}: ${is} (bar: ${bar})`);
    return {
      seed, minutes, services: services.length, changes, checks: checks.total, checks_failed: checks.failed, revision: clients.revision(),
      forgiven_us: kept.forgiven_us, ...measured, bars: [...leaks, ...bars], breaches: [...breaches, ...failed],
    };
  } finally {
    done = true;
    await renewing;
    await clients.close();
    await daemon.stop();
    for (const service of services) await service.goes();
  }
}

const named = (services) => services.slice(0, 5).map(({ name, port }) => `${name} at ${port}`).join(', ');

/** Waits until no service is missing; gives those that are after all. */
async function waited(url, services, how) {
  const end = performance.now() + SETTLING_MS;
  for (;;) {
    const unknown = await missing(url, services, how);
    if (unknown.length === 0 || performance.now() > end) return unknown;
    await pause(1_000);
  }
}

async function allKnown(url, services, when) {
  const unknown = await waited(url, services, { healthy: false });
  if (unknown.length > 0) throw new Error(`${when} ${unknown.length} of ${services.length} services are not in the catalog: ${named(unknown)}`);
}
