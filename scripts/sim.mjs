// `npm run sim -- --schedules N [--json FILE]`: random schedules through the simulator; arguments are the program's own.
import { command } from './common/failure.mjs';
import { openly } from './common/run.mjs';
import { FOR_NATIVE, setUp } from './setup/index.mjs';

command(async (args) => {
  await setUp(FOR_NATIVE);
  await openly(['cargo', 'run', '--locked', '--quiet', '--release', '--package', 'landfall-sim', '--bin', 'landfall-sim', '--', ...args]);
});
