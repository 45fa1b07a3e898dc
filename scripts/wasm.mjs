// Builds the engine: the root crate for wasm32, then wasm-bindgen, then wasm-opt. `node scripts/wasm.mjs [--debug]`
//
// The published wasm is judged by its bytes, so it brings a standard library of its own, rebuilt for size and without
// the text of panics. Where the library's sources are missing, the ordinary one is used and the build says so.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { targetDir } from './common/cargo.mjs';
import { Failure, command } from './common/failure.mjs';
import { inRoot, shown } from './common/paths.mjs';
import { answer, quietly } from './common/run.mjs';
import { unlessFresh } from './common/stamp.mjs';
import { wasmDir } from './common/targets.mjs';
import { WASM_TARGET, compilerVersion, stdSourcesOf, wasmToolchain } from './common/toolchain.mjs';
import { addSourceMap } from './debug-info/source-map.mjs';
import { withShortNames } from './post-link/names.mjs';
import { withoutDeadClosures } from './post-link/table.mjs';
import { wasmBindgen } from './setup/cargo-tools.mjs';
import { FOR_RUNNING, setUp } from './setup/index.mjs';

/** The first compiler with `-Cpanic=immediate-abort`. */
const REBUILDS_STD_SINCE = 92;

const REBUILT_STD = {
  args: ['-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size'],
  env: { RUSTC_BOOTSTRAP: '1', RUSTFLAGS: '-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none' },
};

/** What rustc's wasm32-unknown-unknown may use; wasm-opt must know, since wasm-bindgen drops the section that says so. */
const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'call-indirect-overlong', 'multivalue', 'mutable-globals',
  'nontrapping-float-to-int', 'reference-types', 'sign-ext'];

/**
 * A function that has one caller becomes a part of it while it is small: without a limit the file is a little smaller, and what is
 * sent, compressed, larger. The fewer there are, the fewer a browser has to compile one by one while the page waits.
 */
const INLINING = ['--one-caller-inline-max-function-size=30'];

/** Once more for the locals alone, which makes the file no smaller and what is sent, compressed, about 150 bytes. */
const LOCALS = ['--local-cse', '--simplify-locals-nostructure', '--vacuum', '--coalesce-locals', '--reorder-locals'];

/** A second's work; a machine that does much else needs longer. */
const RENAMING_MS = 120_000;

const KINDS = {
  release: { profile: 'wasm-release', bindgen: ['--remove-producers-section'] },
  debug: { profile: 'wasm-debug', bindgen: ['--debug', '--keep-debug'] },
};

/** Why this toolchain cannot rebuild the standard library, or null when it can. */
function obstacleToRebuild(toolchain) {
  if (!toolchain.stdSources) return 'the sources of the standard library are missing (rustup component add rust-src)';
  const minor = Number(compilerVersion('rustc', toolchain.env)?.release.split('.')[1]);
  return minor >= REBUILDS_STD_SINCE ? null : `it needs Rust 1.${REBUILDS_STD_SINCE} or newer (rustup update stable)`;
}

/** Compiles the crate; resolves with the wasm that cargo made. */
async function compile(kind, toolchain) {
  let std = { args: [], env: { RUSTFLAGS: undefined } };
  if (kind === 'release') {
    const obstacle = obstacleToRebuild(toolchain);
    if (obstacle) console.error(`  note: the wasm gets the ordinary standard library and is larger: ${obstacle}`);
    else std = REBUILT_STD;
  }
  const { profile } = KINDS[kind];
  await quietly(
    `cargo: compiling the engine to wasm (${kind}, ${toolchain.name})`,
    ['cargo', 'build', '--locked', '--package', 'landfall', '--lib', '--target', WASM_TARGET, '--profile', profile, ...std.args],
    { env: { ...toolchain.env, ...std.env } },
  );
  return path.join(targetDir(), WASM_TARGET, profile, 'landfall.wasm');
}

/** Makes the JavaScript side, and the wasm small or fit for a debugger. */
async function finish(kind, compiled, wasm, toolchain) {
  await quietly(`wasm-bindgen (${kind})`, [
    wasmBindgen.binary(), compiled, '--target', 'web', '--out-dir', path.dirname(wasm), '--out-name', 'landfall',
    '--omit-default-module-path', ...KINDS[kind].bindgen,
  ]);
  if (kind === 'debug') {
    addSourceMap(wasm, stdSourcesOf(toolchain.sysroot));
    return;
  }
  writeFileSync(wasm, withoutDeadClosures(readFileSync(wasm)));
  const optimizer = [inRoot('node_modules/.bin/wasm-opt'), wasm, ...FEATURES.map((feature) => `--enable-${feature}`), '--output', wasm];
  await quietly('wasm-opt -Oz', [...optimizer, '-Oz', '--converge', ...INLINING, '--strip-debug', '--strip-producers', '--strip-target-features']);
  await quietly('wasm-opt, locals', [...optimizer, ...LOCALS]);
  const renamed = answer([...optimizer, '--minify-imports-and-exports-and-modules'], { timeout: RENAMING_MS });
  if (renamed === null) throw new Failure('wasm-opt cannot rename what the engine imports and exports');
  const glue = wasm.replace(/_bg\.wasm$/, '.js');
  writeFileSync(glue, withShortNames(readFileSync(glue, 'utf8'), JSON.parse(renamed)));
}

command(async (args) => {
  const [flag, ...rest] = args;
  if ((flag && flag !== '--debug') || rest.length > 0) throw new Failure('usage: node scripts/wasm.mjs [--debug]', { status: 2 });
  const kind = flag ? 'debug' : 'release';
  await setUp(FOR_RUNNING);
  const toolchain = wasmToolchain();
  const compiled = await compile(kind, toolchain);
  const wasm = path.join(wasmDir(kind), 'landfall_bg.wasm');
  // The map carries the sources' text, which can change where the code does not.
  const sources = kind === 'debug' ? [inRoot('src'), inRoot('crates/protocol/src')] : [];
  const tools = [wasmBindgen.binary(), inRoot('package-lock.json'), fileURLToPath(import.meta.url), inRoot('scripts/debug-info'), inRoot('scripts/post-link')];
  await unlessFresh(`wasm-${kind}`, { inputs: [compiled, ...sources, ...tools], outputs: [wasm] }, () => finish(kind, compiled, wasm, toolchain));
  console.error(`  engine: ${shown(wasm)}, ${statSync(wasm).size} bytes`);
});
