// `npm run sim -- --schedules N [--json FILE]`: random schedules through the simulator; arguments are the program's own.
// `npm run sim -- --mutants [INVARIANT...]`: breaks every invariant on purpose and sees that the simulator finds it.
import { command } from './common/failure.mjs';
import { openly } from './common/run.mjs';
import { mutants } from './mutants.mjs';
import { FOR_NATIVE, setUp } from './setup/index.mjs';

command(async (args) => {
  await setUp(FOR_NATIVE);
  if (args.includes('--mutants')) return mutants(args.filter((arg) => arg !== '--mutants'));
  await openly(['cargo', 'run', '--locked', '--quiet', '--release', '--package', 'landfall-sim', '--bin', 'landfall-sim', '--', ...args]);
});
