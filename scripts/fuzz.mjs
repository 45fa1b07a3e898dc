// `npm run fuzz [-- TARGET] [--seconds N]`: fuzzes with cargo-fuzz on nightly, each target for a while.
// `npm run fuzz -- --smoke`: replays the kept inputs of every target with the ordinary compiler.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { Failure, command } from './common/failure.mjs';
import { inRoot } from './common/paths.mjs';
import { answer, openly, quietly } from './common/run.mjs';
import { filesBelow } from './common/stamp.mjs';
import { cargoFuzz } from './setup/cargo-tools.mjs';
import { FOR_FUZZING, FOR_REPLAY, setUp } from './setup/index.mjs';

/** How long each target is fuzzed unless --seconds says otherwise. */
const SECONDS = '60';
const FOLDER = inRoot('fuzz');
const NIGHTLY = { RUSTUP_TOOLCHAIN: 'nightly' };

function targets() {
  const folder = path.join(FOLDER, 'fuzz_targets');
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.rs')).map((name) => path.basename(name, '.rs')) : [];
  if (found.length === 0) throw new Failure('fuzz/fuzz_targets holds no target');
  return found.sort();
}

/** The kept inputs of a target; a target without any would replay nothing. */
function keptInputs(target) {
  const files = filesBelow(path.join(FOLDER, 'corpus', target));
  if (files.length === 0) throw new Failure(`fuzz/corpus/${target} holds no input`);
  return files;
}

/** Runs every kept input once. libFuzzer needs no instrumentation for that, so any compiler will do. */
async function replay(names) {
  await setUp(FOR_REPLAY);
  const manifest = ['--manifest-path', path.join(FOLDER, 'Cargo.toml')];
  for (const name of names) {
    const files = keptInputs(name);
    const run = ['cargo', 'run', '--locked', ...manifest, '--bin', name, '--', ...files];
    await quietly(`${name}: replaying ${files.length} inputs`, run, { env: { RUSTFLAGS: '--cfg fuzzing' } });
  }
}

async function fuzz(names, seconds) {
  await setUp(FOR_FUZZING);
  if (answer(['rustc', '-V'], { env: NIGHTLY }) === null) {
    throw new Failure("Rust's nightly toolchain is missing; fuzzing needs its instrumentation", { advice: 'run: rustup toolchain install nightly' });
  }
  for (const name of names) {
    console.error(`\n=== fuzz ${name}, ${seconds} s`);
    // What fuzzing finds interesting goes into the first folder; the kept inputs are read and left as they are.
    const found = path.join(FOLDER, 'found', name);
    mkdirSync(found, { recursive: true });
    const run = [cargoFuzz.binary(), 'run', '--fuzz-dir', FOLDER, name, found, path.join(FOLDER, 'corpus', name), '--', `-max_total_time=${seconds}`];
    await openly(run, { env: NIGHTLY, advice: 'the input that failed is in fuzz/artifacts; once it is mended, keep it in fuzz/corpus' });
  }
}

command(async (args) => {
  const known = targets();
  const names = [];
  let [smoke, seconds] = [false, SECONDS];
  for (let index = 0; index < args.length; index += 1) {
    if (args[index] === '--smoke') smoke = true;
    else if (args[index] === '--seconds') seconds = args[(index += 1)];
    else names.push(args[index]);
  }
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Failure(`there is no target named ${unknown.join(', ')}; there are: ${known.join(', ')}`, { status: 2 });
  if (!/^[1-9][0-9]*$/.test(seconds ?? '')) throw new Failure('--seconds needs a number of seconds', { status: 2 });
  const chosen = names.length > 0 ? names : known;
  await (smoke ? replay(chosen) : fuzz(chosen, seconds));
});
