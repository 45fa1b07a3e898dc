// Builds the daemon, ready for use. `node scripts/daemon.mjs`
import { command } from './common/failure.mjs';
import { quietly } from './common/run.mjs';
import { FOR_NATIVE, setUp } from './setup/index.mjs';

command(async () => {
  await setUp(FOR_NATIVE);
  await quietly('cargo: compiling the daemon', ['cargo', 'build', '--locked', '--release', '--package', 'landfall-orchestrator', '--bin', 'landfall']);
});
