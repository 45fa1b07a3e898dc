// Where each build leaves its result; the builds write there, the others read there.
import { BUILD, inRoot } from './paths.mjs';
import path from 'node:path';

/** The engine after wasm-bindgen: `landfall.js`, `landfall_bg.wasm`, `landfall.d.ts`. Kinds: `release`, `debug`. */
export const wasmDir = (kind) => path.join(BUILD, 'wasm', kind);

/** The npm package's code: what `npm pack` takes. */
export const DIST = inRoot('dist');

/** The dashboard's files, which the daemon embeds. */
export const DASHBOARD = inRoot('www/app/dist');

/** The packed npm package. */
export const PACKED = inRoot('dist-pack');
