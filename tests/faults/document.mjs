// `node tests/faults/document.mjs FILE...`: writes the table of a run (`npm run faults -- --json FILE`), or of one run for each
// engine, into docs/faults.md.
import { readFileSync, writeFileSync } from 'node:fs';

import { inRoot } from '../../scripts/common/paths.mjs';
import { table } from './table.mjs';

const PAGE = inRoot('docs/faults.md');
const MARK = '<!-- table -->';

const runs = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const cells = runs.flatMap((run) => run.cells);
const versions = Object.assign({}, ...runs.map((run) => run.versions));
const [before] = readFileSync(PAGE, 'utf8').split(MARK);
writeFileSync(PAGE, `${before}${MARK}\n\n${table(cells, versions)}\n`);
