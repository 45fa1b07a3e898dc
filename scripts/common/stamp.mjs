// Remembers what a step was done for, so that what is done already is not done again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { BUILD, ROOT } from './paths.mjs';

/** Folders inside sources that are made from them, or brought by npm. */
const NOT_SOURCES = new Set(['node_modules', 'dist', 'target']);

/** Every source file below the given files and folders, sorted. A path that does not exist has none. */
export function filesBelow(...roots) {
  const found = [];
  const visit = (entry) => {
    if (!existsSync(entry)) return;
    if (statSync(entry).isDirectory()) {
      for (const name of readdirSync(entry)) if (!NOT_SOURCES.has(name)) visit(path.join(entry, name));
    } else {
      found.push(entry);
    }
  };
  roots.forEach(visit);
  return found.sort();
}

/** A fingerprint of files' names and contents, and of any further words. */
export function fingerprint(files, ...words) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\n`);
  for (const file of files) {
    hash.update(`${path.relative(ROOT, file)}\n`);
    hash.update(createHash('sha256').update(readFileSync(file)).digest());
  }
  return hash.digest('hex');
}

/** Whether a stamp file holds this text. */
export const stamped = (file, text) => existsSync(file) && readFileSync(file, 'utf8') === text;

/** Writes a stamp file. */
export function stamp(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Runs `make` unless the inputs are as they were when it last succeeded and all outputs are there.
 * @param {string} name name of the stamp
 * @param {{inputs: string[], words?: string[], outputs: string[]}} spec files and folders
 * @param {() => Promise<void>} make makes the outputs
 */
export async function unlessFresh(name, { inputs, words = [], outputs }, make) {
  const file = path.join(BUILD, 'stamps', name);
  const text = fingerprint(filesBelow(...inputs), process.version, ...words);
  if (stamped(file, text) && outputs.every((output) => existsSync(output))) return;
  await make();
  stamp(file, text);
}
