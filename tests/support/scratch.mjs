// Folders: one for each test file's passing needs, removed at its end, and one for what people look at afterwards.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ARTEFACTS = fileURLToPath(new URL('../artifacts/pages/', import.meta.url));

/**
 * A fresh folder; `remove()` takes it away, and so does the end of the process. Other users may read it, as the workers
 * of an nginx run by root are.
 */
export function scratchFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-pages-'));
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return { path: (...parts) => path.join(folder, ...parts), remove };
}

/** Where a screenshot or log is kept after the run. */
export function artefact(name) {
  mkdirSync(ARTEFACTS, { recursive: true });
  return path.join(ARTEFACTS, name);
}
