// The client against a config service written by hand: how soon a page has its config and what that costs in requests,
// under the same faults; and what reading costs. `npm run bench -- client`
//
// Every run is a fresh browser context, both sides take turns, and the figures are medians. Times count from when the
// page's script begins; those from the start of the navigation hold the browser's own time too.
import { script } from '../scripts/common/run.mjs';
import { atMost, isSo, printBars } from './common/bars.mjs';
import { machine } from './common/machine.mjs';
import { median, rounded } from './common/statistics.mjs';
import { printTable } from './common/table.mjs';
import { CASES } from './client/cases.mjs';
import { openLab } from './client/lab.mjs';
import { measureReads } from './client/reads.mjs';

/** Runs of each side; how long a page is waited for; when a late backend comes up; how long a moving one is away. */
const FULL = { runs: 10, limit: 5_000, healLimit: 12_000, moveLimit: 20_000, laterMs: 2_000, awayMs: 500 };
/** Long enough for Landfall, and no longer than it takes to see that the other side does nothing. */
const BRIEF = { runs: 1, limit: 5_000, healLimit: 5_000, moveLimit: 5_000, laterMs: 200, awayMs: 50, plain: { limit: 500, healLimit: 100, moveLimit: 100 } };
/** A page that never gets its config is waited for so often. */
const NEVER = 2;
const SIDES = ['plain', 'landfall'];

async function measureCase(lab, { run, name }, how) {
  const measured = Object.fromEntries(SIDES.map((side) => [side, []]));
  for (let round = 0; round < how.runs; round += 1) {
    for (const side of SIDES) {
      if (measured[side].filter(({ ms }) => ms === null).length >= NEVER) continue;
      measured[side].push(await run(lab, side, { ...how, ...how[side] }));
      await lab.clear();
    }
  }
  console.error(`  done: ${name}`);
  return Object.fromEntries(SIDES.map((side) => [side, summary(measured[side])]));
}

/** Medians of what the runs gave; `never` counts the runs in which the page did not get its config. */
function summary(runs) {
  const of = (key) => runs.map((run) => run[key]).filter((value) => typeof value === 'number');
  const middle = (key) => (of(key).length === 0 ? null : rounded(median(of(key))));
  const all = (key) => runs.every((run) => run[key] === true);
  return {
    runs: runs.length, never: runs.filter(({ ms }) => ms === null).length,
    ms: middle('ms'), from_navigation_ms: middle('fromNavigation'), worst_ms: of('ms').length ? rounded(Math.max(...of('ms'))) : null,
    requests: middle('requests'), healed_ms: middle('healed'),
    revalidated_ms: runs.some((run) => 'revalidated' in run) ? middle('revalidated') : undefined,
    at_once_ms: runs.some(({ atOnce }) => atOnce !== undefined) ? middle('atOnce') : undefined,
    floor_ms: runs.some(({ floor }) => floor !== undefined) ? middle('floor') : undefined,
    synchronous: runs.some((run) => 'synchronous' in run) ? all('synchronous') : undefined,
    relocated: runs.some((run) => 'relocated' in run) ? all('relocated') : undefined,
  };
}

function barsOf({ name, bar, goal, requests, heals }, { landfall }) {
  const inTime = (what, limit) => atMost(what, landfall.never > 0 ? null : landfall.ms, limit, 'ms');
  const bars = bar === null ? [] : [inTime(name, bar)];
  if (goal) bars.push(inTime(`${name}: our own goal`, goal));
  if (requests) bars.push(atMost(`${name}: requests to the backend`, landfall.requests, requests, ''));
  if (landfall.synchronous !== undefined) bars.push(isSo(`${name}: usable at import, without waiting`, landfall.synchronous));
  if (landfall.revalidated_ms !== undefined) bars.push(isSo(`${name}: revalidated behind`, landfall.revalidated_ms !== null));
  if (landfall.relocated !== undefined) bars.push(isSo(`${name}: the page is told by service-relocated`, landfall.relocated));
  if (heals) bars.push(isSo(`${name}: live when it recovers`, landfall.healed_ms !== null));
  return bars;
}

const cell = ({ ms, never, runs }) => (never === runs ? 'never' : ms);

function activationTable(cases, { runs }) {
  return {
    title: `Until the page has its config (p50 of ${runs}, ms), and requests to the backend`,
    rows: cases.map(({ name, plain, landfall }) => ({
      case: name,
      'by hand': cell(plain), 'requests by hand': plain.requests, 'by hand, after it recovers': plain.healed_ms,
      Landfall: cell(landfall), 'from navigation': landfall.from_navigation_ms, worst: landfall.worst_ms,
      'in the first task': landfall.at_once_ms ?? null, 'reading alone': landfall.floor_ms ?? null,
      requests: landfall.requests, 'after it recovers': landfall.healed_ms,
      ratio: plain.ms && landfall.ms ? rounded(landfall.ms / plain.ms) : null,
    })),
  };
}

export default async function client({ smoke }) {
  await script('wasm');
  await script('lib');
  const how = smoke ? BRIEF : FULL;
  const measuredOn = machine();
  const lab = await openLab();
  try {
    const cases = [];
    const bars = [];
    for (const it of CASES.filter(({ brief }) => brief || !smoke)) {
      const measured = await measureCase(lab, it, how);
      cases.push({ name: it.name, ...measured });
      bars.push(...barsOf(it, measured));
    }
    const tables = [activationTable(cases, how), ...await measureReads(lab, { smoke })];
    tables.forEach(printTable);
    printBars(bars, { smoke });
    return { smoke, machine: measuredOn, cases, tables, bars };
  } finally {
    await lab.close();
  }
}
