// `node tests/faults/document.mjs FILE`: writes the table of a run (`npm run faults -- --json FILE`) into docs/faults.md.
import { readFileSync, writeFileSync } from 'node:fs';

import { inRoot } from '../../scripts/common/paths.mjs';
import { table } from './table.mjs';

const PAGE = inRoot('docs/faults.md');
const MARK = '<!-- table -->';

const { cells, versions } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const [before] = readFileSync(PAGE, 'utf8').split(MARK);
writeFileSync(PAGE, `${before}${MARK}\n\n${table(cells, versions)}\n`);
