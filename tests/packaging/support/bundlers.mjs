// Production builds with the bundlers that people use, each with as few settings as its own guide starts with.
// Each takes a project's folder with `main.js` and leaves a site in `site/`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { html } from './applications.mjs';

const MODULE = '<script type="module" src="./main.js"></script>';

export async function webpack(folder) {
  const { default: pack } = await import('webpack');
  const stats = await promisify(pack)({
    mode: 'production',
    context: folder,
    entry: './main.js',
    output: { path: path.join(folder, 'site'), filename: 'main.js' },
    // The engine is one chunk on purpose; the hint is about what a page has to wait for.
    performance: { hints: false },
  });
  const { errors, warnings } = stats.toJson({ errors: true, warnings: true });
  if (errors.length + warnings.length > 0) throw new Error([...errors, ...warnings].map(({ message }) => message).join('\n'));
  writeFileSync(path.join(folder, 'site/index.html'), html('<script src="./main.js"></script>'));
}

export async function vite(folder) {
  const { build } = await import('vite');
  writeFileSync(path.join(folder, 'index.html'), html(MODULE));
  await build({ root: folder, base: './', logLevel: 'error', build: { outDir: 'site' } });
}

export async function esbuild(folder) {
  const { build } = await import('esbuild');
  const { warnings } = await build({
    absWorkingDir: folder,
    entryPoints: ['main.js'],
    outdir: 'site',
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    loader: { '.wasm': 'file' },
    logLevel: 'silent',
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  writeFileSync(path.join(folder, 'site/index.html'), html(MODULE));
}

/** No bundler: the browser resolves the package's name by an import map, and loads what npm installed. */
export function none(folder) {
  mkdirSync(path.join(folder, 'site'));
  const map = { imports: { landfall: '/node_modules/landfall/dist/index.js', 'landfall/slim': '/node_modules/landfall/dist/slim.js' } };
  writeFileSync(path.join(folder, 'site/index.html'), html(`<script type="importmap">${JSON.stringify(map)}</script><script type="module" src="/main.js"></script>`));
}
