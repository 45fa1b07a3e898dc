// The built pages of the matrix: of the packed npm package, for production and, where React's double mount is the
// matter, for development. Each is built when it is first wanted.
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildPackedPage } from '../support/packed-page.mjs';

const HERE = fileURLToPath(new URL('page/', import.meta.url));

/** @param {(...parts: string[]) => string} scratch paths below an empty folder */
export function builtPages(scratch) {
  const built = new Map();
  return (mode) => {
    if (!built.has(mode)) built.set(mode, build(scratch, mode));
    return built.get(mode);
  };
}

async function build(scratch, mode) {
  const { folder } = await buildPackedPage(path.join(HERE, 'application.js'), (...parts) => scratch(mode, ...parts), { mode });
  copyFileSync(path.join(HERE, 'witness.js'), path.join(folder, 'witness.js'));
  return folder;
}
