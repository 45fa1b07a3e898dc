// The CPU budget on the real process: the same wish for checks, which costs about twice the budget, under several loads.
// Both policies run side by side: CPU-time tokens, and the simple law that many health checkers have.
//
// Where the host is under pressure the tokens give some of the budget back, as they are meant to. So a window is held against two
// figures: the budget, which it may not exceed, and what was refilled in it, which is to be used while checks wait.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { inRoot, shown } from '../../scripts/common/paths.mjs';
import { atMost, isSo } from '../common/bars.mjs';
import { cpuMicros } from '../common/processes.mjs';
import { rounded } from '../common/statistics.mjs';
import { startBackends } from './backends.mjs';
import { budget, everySoOften, servicesOn, startLandfall, untilKnown, withoutSockets } from './landfall.mjs';
import { LOADS, under } from './loads.mjs';
import { plot } from './plot.mjs';

const FULL = { backends: 1_000, limitMs: 600_000, lookMs: 1_000, warmUpMs: 20_000, loadMs: 180_000, recoverMs: 150_000, windowSamples: 60, sampleMs: 1_000, plot: inRoot('docs/images/budget.svg') };
const BRIEF = { backends: 100, limitMs: 5_000, lookMs: 100, warmUpMs: 300, loadMs: 1_000, recoverMs: 1_000, windowSamples: 2, sampleMs: 200, plot: null };
const BUDGET_PERCENT = 1;
/** By how much of the budget it may be missed. */
const BAND = 0.05;
const POLICIES = { tokens: '#2f81f7', step: '#d4761b' };
const REFILL = '#3fb950';
/** With 1,000 services that is 2,500 checks a second: about 2 % of a core. */
const INTERVAL = '400ms';
const FULL_PACE = 1_000;

const settings = (ports, policy) => everySoOften(INTERVAL) + withoutSockets + budget(BUDGET_PERCENT, policy) + servicesOn(ports);

/**
 * CPU time of every daemon, once a sample, and at which pace the tokens were refilled until then, as `{at, cpu: {policy: micros}, pace}`,
 * until the time is over, or until the pace is full where that comes first.
 */
async function sample(daemons, { sampleMs }, milliseconds, untilFull = false) {
  const samples = [];
  let pace = FULL_PACE;
  const look = async () => {
    pace = (await daemons.tokens.status()).budget.pace_permille;
    const cpu = Object.entries(daemons).map(([policy, { pid }]) => [policy, cpuMicros(pid)]);
    samples.push({ at: performance.now(), cpu: Object.fromEntries(cpu), pace });
  };
  const began = performance.now();
  await look();
  for (let next = began + sampleMs; next <= began + milliseconds && !(untilFull && pace === FULL_PACE); next += sampleMs) {
    await pause(Math.max(0, next - performance.now()));
    await look();
  }
  return samples;
}

/** The share, in percent of a core, of every window that lies within the samples: `[end, share]`. */
function windows(samples, policy, length) {
  return samples.slice(length).map((last, index) => {
    const first = samples[index];
    return [last.at, ((last.cpu[policy] - first.cpu[policy]) / 1e3 / (last.at - first.at)) * 100];
  });
}

/** What the tokens were refilled with over the same windows, in percent of a core: the budget at the pace that pressure left. */
function refills(samples, length) {
  return samples.slice(length).map((last, index) => {
    const within = samples.slice(index, index + length + 1);
    const paid = within.slice(1).map(({ at, pace }, step) => (at - within[step].at) * pace);
    return [last.at, (BUDGET_PERCENT * paid.reduce((sum, it) => sum + it, 0)) / (last.at - samples[index].at) / FULL_PACE];
  });
}

async function measureLoad(load, daemons, backends, how) {
  const before = await statuses(daemons);
  const samples = await under(load, backends, () => sample(daemons, how, how.loadMs));
  const after = await statuses(daemons);
  const refilled = refills(samples, how.windowSamples);
  const rows = Object.keys(daemons).map((policy) => {
    const shares = windows(samples, policy, how.windowSamples).map(([, share]) => share);
    const ofRefill = policy === 'tokens' ? shares.map((share, index) => share / refilled[index][1]) : null;
    const checks = after[policy].checks.total - before[policy].checks.total;
    const used = samples.at(-1).cpu[policy] - samples[0].cpu[policy];
    const seconds = (samples.at(-1).at - samples[0].at) / 1_000;
    return {
      load: load.name, policy, windows: shares.length, lowest_percent: rounded(Math.min(...shares)), mean_percent: rounded(used / seconds / 1e4),
      highest_percent: rounded(Math.max(...shares)), least_of_refill: ofRefill && rounded(Math.min(...ofRefill)),
      most_of_refill: ofRefill && rounded(Math.max(...ofRefill)), checks_per_s: rounded(checks / seconds), us_per_check: rounded(used / checks),
      pace_permille: after[policy].budget.pace_permille, overdue: after[policy].budget.overdue, oldest_verdict_s: rounded(after[policy].budget.oldest_verdict_ms / 1_000),
    };
  });
  // The next load finds a host that has recovered, and shows in the plot how it did.
  const recovering = await sample(daemons, how, how.recoverMs, true);
  console.error(`  done: budget, ${load.name}`);
  return { samples, recovering, rows };
}

const statuses = async (daemons) =>
  Object.fromEntries(await Promise.all(Object.entries(daemons).map(async ([policy, daemon]) => [policy, await daemon.status()])));

function draw(file, loads, how) {
  const samples = loads.flatMap((it) => [...it.samples, ...it.recovering]);
  const [began, end] = [samples[0].at, samples.at(-1).at];
  const seconds = (at) => (at - began) / 1_000;
  const svg = plot({
    title: `CPU of the daemon over each minute, budget ${BUDGET_PERCENT} % of a core, and ±${BAND * 100} % of that`,
    budget: BUDGET_PERCENT, band: BAND, seconds: seconds(end),
    stretches: loads.map((it, index) => ({ name: LOADS[index].name, from: seconds(it.samples[0].at), to: seconds(it.samples.at(-1).at) })),
    series: [
      { name: 'what pressure leaves of the budget', colour: REFILL, points: refills(samples, how.windowSamples) },
      ...Object.entries(POLICIES).map(([policy, colour]) => ({
        name: policy === 'tokens' ? 'CPU-time tokens' : 'x0.9 / x1.1', colour, points: windows(samples, policy, how.windowSamples),
      })),
    ].map((it) => ({ ...it, points: it.points.map(([at, share]) => [seconds(at), share]) })),
  });
  if (file === null) return null;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, svg);
  return shown(file);
}

export async function measureBudget({ smoke, folder }) {
  const how = smoke ? BRIEF : FULL;
  const backends = await startBackends(folder, how.backends);
  const daemons = {};
  const loads = [];
  try {
    for (const policy of Object.keys(POLICIES)) daemons[policy] = await startLandfall(folder, { name: policy, settings: settings(backends.ports, policy) });
    // What is read at the start is no part of what a check costs.
    const known = await Promise.all(Object.entries(daemons).map(([name, daemon]) => untilKnown(daemon, name, how.backends, how)));
    if (!smoke && known.includes(null)) throw new Error(`the services were not all checked and read within ${how.limitMs / 60_000} minutes`);
    await pause(how.warmUpMs);
    for (const load of LOADS) loads.push(await measureLoad(load, daemons, backends, how));
  } finally {
    for (const server of [...Object.values(daemons), backends]) await server.stop();
  }
  const rows = loads.flatMap((it) => it.rows);
  const window = (how.windowSamples * how.sampleMs) / 1_000;
  return {
    plot: draw(how.plot, loads, how),
    tables: [{ title: `A budget of ${BUDGET_PERCENT} % of a core: CPU over every window of ${window} s`, rows }],
    bars: rows.filter(({ policy }) => policy === 'tokens').flatMap(barsOf),
  };
}

/** The budget is kept, and is there to be used. */
function barsOf({ load, highest_percent: highest, least_of_refill: least, overdue }) {
  const wanted = 1 - BAND;
  return [
    atMost(`budget, ${load}: the fullest window`, highest, BUDGET_PERCENT * (1 + BAND), '%'),
    isSo(`budget, ${load}: while checks wait, every window uses ${wanted} of its refill (the least ${least})`, overdue === 0 || least >= wanted),
  ];
}
