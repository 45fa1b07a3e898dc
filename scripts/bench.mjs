// `npm run bench [-- NAME[:KIND,KIND]...] [--smoke] [--json FILE]`: runs the benchmarks of bench/, all or the named ones.
//
// A benchmark is a module `bench/NAME.mjs` whose default export is `async ({ smoke, only }) => measured`: it builds what
// it measures, runs both sides of each comparison in the same run, and returns a JSON object. With `smoke` it does
// everything once and briefly, to show that it still works. `only` are the kinds of measurements asked for, or null.
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
  const named = rest.filter((arg) => arg !== '--smoke').map((arg) => {
    const [name, kinds] = arg.split(':');
    return { name, only: kinds?.split(',') ?? null };
  });
  const known = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter((name) => name.endsWith('.mjs')).map((name) => path.basename(name, '.mjs')).sort()
    : [];
  if (known.length === 0) throw new Failure('bench/ holds no benchmark');
  const unknown = named.map(({ name }) => name).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Failure(`there is no benchmark named ${unknown.join(', ')}; there are: ${known.join(', ')}`, { status: 2 });
  await setUp(FOR_TESTS);
  const measured = {};
  for (const { name, only } of named.length > 0 ? named : known.map((it) => ({ name: it, only: null }))) {
    console.error(`\n=== bench ${name}${smoke ? ' (smoke)' : ''}`);
    const { default: run } = await import(pathToFileURL(path.join(FOLDER, `${name}.mjs`)).href);
    measured[name] = await run({ smoke, only });
    console.log(JSON.stringify(measured[name], null, 2));
  }
  write(measured);
});
