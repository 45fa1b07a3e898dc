// `npm run faults [-- --engine NAME] [--case NAME] [--quick] [--json FILE]`: pages with the packed npm package in real
// browsers, under every fault there is a case for. Both options may be given several times.
import { runMatrix } from '../tests/faults/matrix.mjs';
import { CASES } from '../tests/faults/cases/index.mjs';
import { ENGINES } from '../tests/faults/engines/index.mjs';
import { builtPages } from '../tests/faults/pages.mjs';
import { ALLOWANCE_MS, DEADLINE_MS } from '../tests/faults/stage.mjs';
import { cellLine, table } from '../tests/faults/table.mjs';
import { scratchFolder } from '../tests/support/scratch.mjs';
import { Failure, command } from './common/failure.mjs';
import { jsonOption } from './common/json-option.mjs';
import { script } from './common/run.mjs';
import { FOR_FAULTS, setUp } from './setup/index.mjs';

/** The values of an option that may be repeated, each one of `known`. */
function chosen(args, option, known) {
  const wanted = [];
  for (let at = args.indexOf(option); at >= 0; at = args.indexOf(option)) {
    const [, name] = args.splice(at, 2);
    if (!known.some((it) => it.name === name)) {
      throw new Failure(`${option} ${name ?? ''}: choose one of: ${known.map((it) => it.name).join(', ')}`, { status: 2 });
    }
    wanted.push(name);
  }
  return wanted.length > 0 ? known.filter((it) => wanted.includes(it.name)) : known;
}

command(async (args) => {
  const { rest, write } = jsonOption(args);
  const engines = chosen(rest, '--engine', ENGINES);
  const cases = chosen(rest, '--case', CASES).filter(({ quick }) => quick || !rest.includes('--quick'));
  const unknown = rest.filter((arg) => arg !== '--quick');
  if (unknown.length > 0) throw new Failure(`unknown argument ${unknown[0]}; there are --engine, --case, --quick and --json`, { status: 2 });
  await setUp(FOR_FAULTS(engines.map(({ name }) => name)));
  for (const build of ['wasm', 'lib']) await script(build);
  const scratch = scratchFolder();
  const { versions, cells } = await runMatrix({
    engines, cases, folderOf: builtPages(scratch.path), told: (cell) => console.error(cellLine(cell)),
  });
  console.log(table(cells, versions));
  const failed = cells.filter(({ outcome }) => outcome === 'FAILED').length;
  console.log(`${cells.filter(({ outcome }) => outcome === 'ok').length} ok, ${failed} failed, ${cells.filter(({ outcome }) => outcome === 'n/a').length} n/a`);
  write({ deadline_ms: DEADLINE_MS, allowance_ms: ALLOWANCE_MS, versions, cells });
  return failed === 0 ? 0 : 1;
});
