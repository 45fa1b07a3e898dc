// A project with the packed package installed in it, as `npm install` does it: no sources of this repository, no network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../../scripts/common/paths.mjs';

const npm = (args, cwd) => execFileSync('npm', [...args, '--no-update-notifier'], { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

/** Packs the package into a folder; returns the tarball's path. */
export function packInto(folder) {
  mkdirSync(folder, { recursive: true });
  npm(['pack', '--silent', '--pack-destination', folder], ROOT);
  return path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
}

/**
 * Makes a project and installs the tarball in it.
 * @param {string} folder where; does not exist yet
 * @param {string} tarball see `packInto`
 * @param {Record<string, string>} sources the project's files
 */
export function makeProject(folder, tarball, sources) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'application', private: true, type: 'module' }));
  npm(['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], folder);
  // What an application brings itself.
  for (const name of ['react', 'react-dom', 'scheduler']) {
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name), 'dir');
  }
  for (const [name, text] of Object.entries(sources)) writeFileSync(path.join(folder, name), text);
  return folder;
}
