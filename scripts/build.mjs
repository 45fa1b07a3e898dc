// `npm run build`: the npm tarball and the daemon's program. With --debug: the engine and package for debugging Rust in the browser.
import { mkdirSync, rmSync } from 'node:fs';

import { buildAll } from './common/builds.mjs';
import { releaseBinary } from './common/cargo.mjs';
import { Failure, command } from './common/failure.mjs';
import { shown } from './common/paths.mjs';
import { quietly, script } from './common/run.mjs';
import { PACKED } from './common/targets.mjs';
import { FOR_RUNNING, setUp } from './setup/index.mjs';

command(async ([flag, ...rest]) => {
  if ((flag && flag !== '--debug') || rest.length > 0) throw new Failure('usage: npm run build, or npm run build:debug', { status: 2 });
  await setUp(FOR_RUNNING);
  if (flag) {
    await script('wasm', '--debug');
    await script('lib', '--debug');
    return;
  }
  await buildAll();
  rmSync(PACKED, { recursive: true, force: true });
  mkdirSync(PACKED, { recursive: true });
  await quietly('npm pack', ['npm', 'pack', '--pack-destination', PACKED]);
  console.error(`\nnpm package: ${shown(PACKED)}/\ndaemon: ${shown(releaseBinary('landfall'))}`);
});
