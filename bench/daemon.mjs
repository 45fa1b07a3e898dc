// The daemon against what else does its work: health checks, scale, start, rest, serving, and its CPU budget.
// `npm run bench -- daemon`, or some of it: `npm run bench -- daemon:checks,serving`
import { Failure } from '../scripts/common/failure.mjs';
import { buildAll } from '../scripts/common/builds.mjs';
import { scratchFolder } from '../tests/support/scratch.mjs';
import { printBars } from './common/bars.mjs';
import { machine } from './common/machine.mjs';
import { printTable } from './common/table.mjs';
import { measureBudget } from './daemon/budget.mjs';
import { measureChecks } from './daemon/checks.mjs';
import { measureFlood } from './daemon/flood.mjs';
import { measureIdle } from './daemon/idle.mjs';
import { measureScale } from './daemon/scale.mjs';
import { measureServing } from './daemon/serving.mjs';
import { measureStart } from './daemon/start.mjs';

const KINDS = {
  start: measureStart,
  checks: measureChecks,
  serving: measureServing,
  idle: measureIdle,
  scale: measureScale,
  flood: measureFlood,
  budget: measureBudget,
};

export default async function daemon({ smoke, only = null }) {
  if (process.platform !== 'linux') throw new Failure('the daemon is measured with what Linux tells in /proc', { advice: 'run this on Linux' });
  const unknown = (only ?? []).filter((kind) => !KINDS[kind]);
  if (unknown.length > 0) throw new Failure(`daemon has no measurement named ${unknown.join(', ')}; there are: ${Object.keys(KINDS).join(', ')}`, { status: 2 });
  // A program that somebody names is measured as it is.
  if (!process.env.LANDFALL_BIN) await buildAll();
  const measured = { smoke, machine: machine() };
  for (const kind of only ?? Object.keys(KINDS)) {
    const scratch = scratchFolder();
    try {
      measured[kind] = await KINDS[kind]({ smoke, folder: scratch.path });
    } finally {
      scratch.remove();
    }
  }
  const kinds = Object.values(measured).filter((it) => it.tables);
  kinds.flatMap((it) => it.tables).forEach(printTable);
  for (const [what, why] of kinds.flatMap((it) => Object.entries(it.not_available ?? {}))) console.error(`\nnot available: ${what}: ${why}`);
  printBars(kinds.flatMap((it) => it.bars), { smoke });
  return measured;
}
