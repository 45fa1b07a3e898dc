// `npm run soak [-- --minutes N] [--seed N] [--smoke] [--json FILE]`: the release daemon among 500 services that come, go,
// hang and break, and what it takes meanwhile. Fails when something grows, when a service is not known in the end, or when
// the CPU budget is broken on a machine that is not overloaded.
import { machine } from '../bench/common/machine.mjs';
import { soak } from '../tests/soak/run.mjs';
import { scratchFolder } from '../tests/support/scratch.mjs';
import { Failure, command } from './common/failure.mjs';
import { jsonOption } from './common/json-option.mjs';
import { script } from './common/run.mjs';
import { FOR_NATIVE, setUp } from './setup/index.mjs';

const MINUTES = 30;
const SMOKE_MINUTES = 0.25;

function numberOf(args, option, otherwise) {
  const at = args.indexOf(option);
  if (at < 0) return otherwise;
  const [, text] = args.splice(at, 2);
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text ?? '') || Number(text) === 0) throw new Failure(`${option} needs a number above 0`, { status: 2 });
  return Number(text);
}

command(async (args) => {
  const { rest, write } = jsonOption(args);
  const smoke = rest.includes('--smoke');
  const minutes = numberOf(rest, '--minutes', smoke ? SMOKE_MINUTES : MINUTES);
  const seed = numberOf(rest, '--seed', 1);
  const unknown = rest.filter((arg) => arg !== '--smoke');
  if (unknown.length > 0) throw new Failure(`unknown argument ${unknown[0]}; there are --minutes, --seed, --smoke and --json`, { status: 2 });
  if (process.platform !== 'linux') throw new Failure('the soak looks at the daemon through /proc, which only Linux has');
  await setUp(FOR_NATIVE);
  await script('daemon');
  const began = machine();
  const scratch = scratchFolder();
  const measured = await soak(scratch.path, { minutes, smoke, seed, tell: (line) => console.error(`  ${line}`) });
  const result = { machine: began, ...measured };
  console.log(JSON.stringify(result, null, 2));
  write(result);
  for (const { what, bar, measured: is, holds } of measured.bars) console.error(`  ${holds ? 'holds  ' : 'BREACH '} ${what}: ${is} (bar: ${bar})`);
  if (measured.breaches.length > 0) throw new Failure(`the soak failed:\n${measured.breaches.slice(0, 20).join('\n')}`);
});
