// `npm run size [-- --json FILE]`: what a page downloads, measured on real bundles of the packed npm package.
//
// `entry` is what a page loads before the engine; `slim` is everything, with the engine as a .wasm file; `inlined` is
// everything of the default entry, with the engine inside a lazy chunk. Each file is compressed by itself, as a server does.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import { Failure, command } from './common/failure.mjs';
import { jsonOption } from './common/json-option.mjs';
import { quietly, script } from './common/run.mjs';
import { FOR_RUNNING, setUp } from './setup/index.mjs';

/**
 * The most bytes, with brotli, that each bundle may have; docs/size.md says what they were set by. `slim` is held at what was
 * reached until it is at 32,000.
 */
const BARS = { entry: 3_000, slim: 68_700 };

/** How much larger than `slim` the default entry may be, with the engine's bytes inside. */
const INLINED_PER_SLIM = 1.1;

/** What a small page does with the package: reads an address once there is one, and hears of changes. */
const USES = {
  inlined: `
    import { createClient } from 'landfall';
    const client = createClient();
    const show = () => { document.title = client.url(); };
    client.ready().then(show);
    client.subscribe(show);`,
  slim: `
    import { createClient } from 'landfall/slim';
    import wasm from 'landfall/landfall.wasm';
    const client = createClient({ wasm: new URL(wasm, import.meta.url) });
    const show = () => { document.title = client.url(); };
    client.ready().then(show);
    client.subscribe(show);`,
};

/** Installs the packed package into a scratch project, as npm would lay it out. */
async function installPacked(project) {
  const home = path.join(project, 'node_modules/landfall');
  mkdirSync(home, { recursive: true });
  await quietly('npm pack', ['npm', 'pack', '--pack-destination', project]);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'));
  await quietly('unpacking', ['tar', '-xzf', path.join(project, tarball), '--strip-components=1', '-C', home]);
}

/** Bundles one use for production; returns the outputs of esbuild's metafile, with paths below the project. */
async function bundle(project, name) {
  const { build } = await import('esbuild');
  writeFileSync(path.join(project, `${name}.js`), USES[name]);
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: [`${name}.js`],
    outdir: `out/${name}`,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['react', 'react/*'],
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.wasm': 'file' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile.outputs;
}

/** The entry chunk of a bundle and what it imports statically. */
function beforeEngine(outputs) {
  const loaded = new Set();
  const visit = (file) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path: next, kind } of outputs[file].imports) if (kind === 'import-statement' && outputs[next]) visit(next);
  };
  visit(Object.keys(outputs).find((file) => outputs[file].entryPoint));
  return [...loaded];
}

function measure(project, files) {
  const sum = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of files) {
    const bytes = readFileSync(path.join(project, file));
    sum.raw += bytes.length;
    sum.gzip += gzipSync(bytes, { level: 9 }).length;
    sum.brotli += brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length;
  }
  return sum;
}

/** Fails when a bundle has become too large. */
function judge(measured) {
  const bars = { ...BARS, inlined: Math.floor(measured.slim.brotli * INLINED_PER_SLIM) };
  const tooLarge = Object.entries(bars).filter(([name, bar]) => measured[name].brotli > bar);
  if (tooLarge.length === 0) return;
  const said = tooLarge.map(([name, bar]) => `${name} has ${measured[name].brotli} bytes (brotli), allowed are ${bar}`);
  throw new Failure(said.join('; '), { advice: 'docs/size.md says where the bytes are' });
}

command(async (args) => {
  const { write } = jsonOption(args);
  await setUp(FOR_RUNNING);
  await script('wasm');
  await script('lib');
  const project = mkdtempSync(path.join(tmpdir(), 'landfall-size-'));
  try {
    await installPacked(project);
    const inlined = await bundle(project, 'inlined');
    const slim = await bundle(project, 'slim');
    const measured = {
      entry: measure(project, beforeEngine(inlined)),
      slim: measure(project, Object.keys(slim)),
      inlined: measure(project, Object.keys(inlined)),
    };
    console.table(measured);
    write(measured);
    judge(measured);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
