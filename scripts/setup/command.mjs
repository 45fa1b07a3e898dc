// `node scripts/setup/command.mjs [running|tests|lints|faults]`: only the set-up, for containers and for the impatient.
import { Failure, command } from '../common/failure.mjs';
import { BROWSERS, FOR_FAULTS, FOR_LINTS, FOR_RUNNING, FOR_TESTS, setUp } from './index.mjs';

const SETS = { running: FOR_RUNNING, tests: FOR_TESTS, lints: FOR_LINTS, faults: FOR_FAULTS(Object.keys(BROWSERS)) };

command(async ([name = 'running', ...rest]) => {
  if (!SETS[name] || rest.length > 0) throw new Failure(`unknown set-up; choose one of: ${Object.keys(SETS).join(', ')}`, { status: 2 });
  await setUp(SETS[name]);
});
