// Builds the npm package into dist/: the TypeScript of www/lib around the compiled engine. `node scripts/lib.mjs [--debug]`
//
// The package is ES modules only, with an entry for each way to use it. In a debug build both entries load the engine
// as a file, because a browser shows the sources of a wasm that has an address.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { packBytes } from './common/binary-literal.mjs';
import { Failure, command } from './common/failure.mjs';
import { inRoot, shown } from './common/paths.mjs';
import { quietly } from './common/run.mjs';
import { unlessFresh } from './common/stamp.mjs';
import { DIST, wasmDir } from './common/targets.mjs';

const ENTRIES = ['index', 'slim', 'react', 'config-service'];

/**
 * What the entries load lazily, under names that stay: a hash in a name is bytes that do not compress, in the one file that
 * every page waits for, and the application's own build adds another.
 */
const LAZY = { alone: 'core/alone', devtools: 'devtools/index', linked: 'core/linked', use: 'use/index' };

/**
 * Loaded lazily too, and whole: a page waits for the engine, and what this chunk imported would be asked for only once the
 * chunk has come and has been read.
 */
const INLINED = { inlined: 'core/inlined' };

/** What a bundler makes of an imported file that it copies. */
const WASM_TYPES = "/** Where a bundler that copies imported files has put the engine; for `createClient({ wasm })` of 'landfall/slim'. */\n"
  + 'declare const address: string;\nexport default address;\n';

/** What the build makes of the modules that `www/lib/core/virtual.d.ts` declares. */
const virtualModules = (folder) => ({
  name: 'landfall-virtual-modules',
  setup(build) {
    build.onResolve({ filter: /^landfall:glue$/ }, () => ({ path: path.join(folder, 'landfall.js') }));
    build.onResolve({ filter: /^landfall:bytes$/ }, () => ({ path: path.join(folder, 'bytes.js') }));
  },
});

/** In a debug build the default entry loads the engine as `slim` does. */
const linkedEverywhere = {
  name: 'landfall-linked-everywhere',
  setup(build) {
    build.onResolve({ filter: /\/index\.ts$/ }, ({ path: entry, kind, resolveDir }) =>
      (kind === 'entry-point' ? { path: path.resolve(resolveDir, entry.replace('index.ts', 'slim.ts')) } : undefined));
    build.onResolve({ filter: /^\.\.?\/index\.js$/ }, () => ({ path: inRoot('www/lib/slim.ts') }));
  },
};

/** The entries leave it a file of its own. */
const inlinedApart = {
  name: 'landfall-inlined-apart',
  setup(build) {
    build.onResolve({ filter: /\/core\/inlined\.js$/ }, () => ({ path: './inlined.js', external: true }));
  },
};

async function bundle(folder, debug) {
  const { build } = await import('esbuild');
  const entries = { ...Object.fromEntries(ENTRIES.map((name) => [name, name])), ...LAZY };
  const how = (names, plugins) => ({
    absWorkingDir: inRoot('www/lib'),
    entryPoints: Object.entries(names).map(([out, name]) => ({ in: `./${name}.ts`, out })),
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    // No constants of a platform: what NODE_ENV is, the application's own build says.
    platform: 'neutral',
    // Beside the entries, so that an address relative to a module is the same in all of them.
    chunkNames: '[name]-[hash]',
    external: ['react', 'react/*'],
    jsx: 'automatic',
    sourcemap: true,
    legalComments: 'none',
    plugins: [virtualModules(folder), ...plugins],
    logLevel: 'warning',
  });
  await Promise.all([build(how(entries, [inlinedApart, ...(debug ? [linkedEverywhere] : [])])), build(how(INLINED, []))]);
}

async function build(kind) {
  const folder = wasmDir(kind);
  const wasm = path.join(folder, 'landfall_bg.wasm');
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  await bundle(folder, kind === 'debug');
  copyFileSync(wasm, path.join(DIST, 'landfall.wasm'));
  writeFileSync(path.join(DIST, 'landfall.wasm.d.ts'), WASM_TYPES);
  if (kind === 'debug') copyFileSync(`${wasm}.map`, path.join(DIST, 'landfall_bg.wasm.map'));
  await quietly('types of the npm package', [process.execPath, inRoot('node_modules/typescript/bin/tsc'), '--project', inRoot('tsconfig.lib.json')]);
}

command(async ([flag, ...rest]) => {
  if ((flag && flag !== '--debug') || rest.length > 0) throw new Failure('usage: node scripts/lib.mjs [--debug]', { status: 2 });
  const kind = flag ? 'debug' : 'release';
  const folder = wasmDir(kind);
  const wasm = path.join(folder, 'landfall_bg.wasm');
  if (!existsSync(wasm)) throw new Failure(`the engine is not built: there is no ${shown(wasm)}`, { advice: `run: node scripts/wasm.mjs${flag ? ' --debug' : ''}` });
  const bytes = path.join(folder, 'bytes.js');
  const { text, unpacker } = packBytes(readFileSync(wasm));
  const literal = `export const bytes = "${text}";\nexport const unpacker = "${unpacker}";\n`;
  if (!existsSync(bytes) || readFileSync(bytes, 'utf8') !== literal) writeFileSync(bytes, literal);
  const inputs = ['www/lib', 'tsconfig.json', 'tsconfig.lib.json', 'package-lock.json'].map((name) => inRoot(name));
  // One folder for both kinds: the stamp of one must not hold for the other.
  await unlessFresh('lib', {
    inputs: [...inputs, folder, fileURLToPath(import.meta.url)],
    words: [kind],
    outputs: [...ENTRIES.flatMap((name) => [`${name}.js`, `${name}.d.ts`]), 'landfall.wasm'].map((name) => path.join(DIST, name)),
  }, () => build(kind));
  console.error(`  npm package: ${shown(DIST)} (${kind})`);
});
