// Starts the daemon on any free port.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { daemonProgram } from './programs.mjs';
import { startProcess } from './server-process.mjs';

/**
 * @param {(...parts: string[]) => string} folder paths below a folder of its own
 * @param {string} [settings] TOML
 */
export async function startDaemon(folder, settings = '') {
  const ready = folder('url');
  writeFileSync(folder('landfall.toml'), settings);
  const server = await startProcess(daemonProgram(), [
    'serve', '--listen', '127.0.0.1:0', '--settings', folder('landfall.toml'), '--state-dir', folder('state'), '--ready-file', ready,
  ], () => existsSync(ready) && readFileSync(ready, 'utf8').trim());
  return { ...server, url: server.ready, port: Number(new URL(server.ready).port) };
}
