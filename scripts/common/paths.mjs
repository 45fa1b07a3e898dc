// Where things are: the repository, what this clone builds, and the cache that all clones of a machine share.
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Tools and toolchains: outside the clone, so that a second clone starts fast. */
export const CACHE = path.resolve(
  process.env.LANDFALL_CACHE
    || path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'landfall'),
);

/** What this clone builds, apart from cargo's own files (those follow CARGO_TARGET_DIR). */
export const BUILD = path.join(ROOT, 'target');

/** A path below the repository's root. */
export const inRoot = (...parts) => path.join(ROOT, ...parts);

/** A path below the shared cache. */
export const inCache = (...parts) => path.join(CACHE, ...parts);

/** A path as a reader of the terminal would write it. */
export function shown(file) {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file.replace(homedir(), '~') : relative || '.';
}
