// `npm run bench [-- NAME...] [--smoke] [--json FILE]`: runs the benchmarks of bench/, all or the named ones.
//
// A benchmark is a module `bench/NAME.mjs` whose default export is `async ({ smoke }) => measured`: it builds what it
// measures, runs both sides of each comparison in the same run, and returns a JSON object. With `smoke` it does
// everything once and briefly, to show that it still works.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { Failure, command } from './common/failure.mjs';
import { jsonOption } from './common/json-option.mjs';
import { inRoot } from './common/paths.mjs';
import { FOR_TESTS, setUp } from './setup/index.mjs';

const FOLDER = inRoot('bench');

command(async (args) => {
  const { rest, write } = jsonOption(args);
  const smoke = rest.includes('--smoke');
  const asked = rest.filter((arg) => arg !== '--smoke');
  const known = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter((name) => name.endsWith('.mjs')).map((name) => path.basename(name, '.mjs')).sort()
    : [];
  if (known.length === 0) throw new Failure('bench/ holds no benchmark');
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Failure(`there is no benchmark named ${unknown.join(', ')}; there are: ${known.join(', ')}`, { status: 2 });
  await setUp(FOR_TESTS);
  const measured = {};
  for (const name of asked.length > 0 ? asked : known) {
    console.error(`\n=== bench ${name}${smoke ? ' (smoke)' : ''}`);
    const { default: run } = await import(pathToFileURL(path.join(FOLDER, `${name}.mjs`)).href);
    measured[name] = await run({ smoke });
    console.log(JSON.stringify(measured[name], null, 2));
  }
  write(measured);
});
