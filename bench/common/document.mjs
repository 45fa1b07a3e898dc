// Writes what `npm run bench -- --json FILE` has measured into docs/benchmarks.md: `node bench/common/document.mjs FILE`.
//
// The figures stand between marks, one pair for each benchmark and kind; what people write about them stands around.
import { readFileSync, writeFileSync } from 'node:fs';

import { Failure, command } from '../../scripts/common/failure.mjs';
import { inRoot, shown } from '../../scripts/common/paths.mjs';
import { markdownTable } from './table.mjs';

const PAGE = inRoot('docs/benchmarks.md');

const machineLine = ({ date, cpu, cores, memory_gib: memory, kernel, load_1_min: load }) =>
  `Measured ${date.slice(0, 10)} on ${cores} cores (${cpu}), ${memory} GiB, Linux ${kernel}; load of the machine when it began: ${load}.`;

const barsTable = (bars) => markdownTable({
  title: 'Bars',
  rows: bars.map(({ what, bar, measured, holds }) => ({ bar: what, wanted: bar, measured: measured === null ? null : String(measured), '': holds ? 'holds' : '**missed**' })),
});

const section = ({ tables, bars, not_available: missing = {} }) => [
  ...tables.map(markdownTable),
  ...Object.entries(missing).map(([what, why]) => `Not available in this run: ${what} (${why}).`),
  ...(bars.length > 0 ? [barsTable(bars)] : []),
].join('\n\n');

/** Every mark with its text. */
function sections({ daemon, ...others }) {
  const of = Object.fromEntries(Object.entries(others).map(([name, measured]) => [name, `${machineLine(measured.machine)}\n\n${section(measured)}`]));
  for (const [kind, measured] of Object.entries(daemon ?? {})) {
    if (measured.tables) of[`daemon:${kind}`] = `${machineLine(daemon.machine)}\n\n${section(measured)}`;
  }
  return of;
}

command(([file, ...rest]) => {
  if (!file || rest.length > 0) throw new Failure('usage: node bench/common/document.mjs FILE', { status: 2 });
  const measured = JSON.parse(readFileSync(file, 'utf8'));
  if (Object.values(measured).some((it) => it.smoke)) throw new Failure(`${file} is of a brief run (--smoke), whose figures mean nothing`);
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, text] of Object.entries(sections(measured))) {
    const [open, close] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
    const [from, to] = [page.indexOf(open), page.indexOf(close)];
    if (from < 0 || to < from) throw new Failure(`${shown(PAGE)} has no place for ${name}`, { advice: `add the lines ${open} and ${close}` });
    page = `${page.slice(0, from)}${open}\n${text}\n${page.slice(to)}`;
  }
  writeFileSync(PAGE, page);
});
