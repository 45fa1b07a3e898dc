// Builds the dashboard with webpack into the folder that the daemon embeds. `node scripts/dashboard.mjs`
import { existsSync } from 'node:fs';
import path from 'node:path';

import { Failure, command } from './common/failure.mjs';
import { inRoot, shown } from './common/paths.mjs';
import { quietly } from './common/run.mjs';
import { unlessFresh } from './common/stamp.mjs';
import { DASHBOARD, DIST } from './common/targets.mjs';
import npmPackages from './setup/npm-packages.mjs';
import { setUp } from './setup/index.mjs';

const INPUTS = [inRoot('www/app'), DIST, inRoot('webpack.config.js'), inRoot('tsconfig.json'), inRoot('package.json'), inRoot('package-lock.json')];

command(async () => {
  await setUp([npmPackages]);
  if (!existsSync(DIST)) throw new Failure('the npm package is not built, which the dashboard uses', { advice: 'run: npm run build' });
  const page = path.join(DASHBOARD, 'index.html');
  await unlessFresh('dashboard', { inputs: INPUTS, outputs: [page] }, () =>
    quietly('webpack: building the dashboard', [inRoot('node_modules/.bin/webpack'), '--mode', 'production']));
  if (!existsSync(page)) throw new Failure(`webpack left no ${shown(page)}`, { advice: `set output.path in webpack.config.js to ${shown(DASHBOARD)}` });
});
