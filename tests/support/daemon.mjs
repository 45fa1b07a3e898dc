// Starts the daemon, by default on any free port.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { WELL_KNOWN } from './catalogs.mjs';
import { daemonProgram } from './programs.mjs';
import { startProcess } from './server-process.mjs';

/**
 * @param {(...parts: string[]) => string} folder paths below a folder of its own; with the same one it is the same
 *   registry, started again
 * @param {{settings?: string, port?: number}} [options] `settings` is TOML
 */
export async function startDaemon(folder, { settings = '', port = 0 } = {}) {
  const ready = folder('url');
  rmSync(ready, { force: true });
  writeFileSync(folder('landfall.toml'), settings);
  const server = await startProcess(daemonProgram(), [
    'serve', '--listen', `127.0.0.1:${port}`, '--settings', folder('landfall.toml'), '--state-dir', folder('state'), '--ready-file', ready,
  ], () => existsSync(ready) && readFileSync(ready, 'utf8').trim());
  const url = server.ready;
  return {
    ...server,
    url,
    port: Number(new URL(url).port),
    /** The catalog's service that has an instance on this port, or undefined. */
    async serviceOn(wanted) {
      const { services } = await (await fetch(`${url}${WELL_KNOWN}`)).json();
      return services.find(({ instances }) => instances?.some((it) => new URL(it.url).port === String(wanted)));
    },
  };
}
