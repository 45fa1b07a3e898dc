// Builds a page from the npm package as an application would get it: packed, unpacked into node_modules, bundled.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

import { ROOT } from '../../scripts/common/paths.mjs';

/**
 * Bundles `entry` with the packed package; `app.js` is the entry's bundle, the engine is a chunk beside it.
 * @param {string} entry a module that imports 'landfall'
 * @param {(...parts: string[]) => string} project paths below an empty folder
 * @param {{mode?: 'production' | 'development'}} [options]
 * @returns {Promise<{folder: string, engineChunk: string}>} where the files are, and the name of the engine's chunk
 */
export async function buildPackedPage(entry, project, { mode = 'production' } = {}) {
  const home = project('node_modules/landfall');
  mkdirSync(home, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', project()], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const tarball = readdirSync(project()).find((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', project(tarball), '--strip-components=1', '-C', home]);
  const { metafile } = await build({
    absWorkingDir: project(),
    // From inside the project, so that 'landfall' is the package that was unpacked there and not this repository.
    stdin: { contents: readFileSync(entry, 'utf8'), resolveDir: project() },
    outdir: 'page',
    entryNames: 'app',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    // React, if the page uses it.
    nodePaths: [path.join(ROOT, 'node_modules')],
    metafile: true,
    logLevel: 'warning',
  });
  const chunks = Object.entries(metafile.outputs).sort(([, a], [, b]) => b.bytes - a.bytes);
  return { folder: project('page'), engineChunk: path.basename(chunks[0][0]) };
}

/** The page's document; `head` stands before the application's script. */
export const html = (head = '') =>
  `<!doctype html><html lang="en"><title>A page</title>${head}<script type="module" src="/app.js"></script></html>\n`;
