// Starts the daemon with settings that are made for a measurement.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { daemonProgram } from '../../tests/support/programs.mjs';
import { startProcess } from '../../tests/support/server-process.mjs';
import { onCore } from './nginx.mjs';

/** Services of the settings file, one for each port; `asked` says whether each names the path of its check. */
export const servicesOn = (ports, { asked = true } = {}) => ports.map((port) => `
[[services]]
name="s${port}"
url="http://127.0.0.1:${port}"${asked ? '\nhealth_path="/health"' : ''}
`).join('');

/** Every check at this interval, whether the service is steady or not. */
export const everySoOften = (interval) => `
[checks]
interval = "${interval}"
interval_unsteady = "${interval}"
`;

export const withoutSockets = '[sockets]\nenabled = false\n';
export const budget = (percent, policy = 'tokens') => `[budget]\ncpu_percent = ${percent}\npolicy = "${policy}"\n`;

/**
 * @param {(...parts: string[]) => string} folder paths below a folder
 * @param {{name?: string, settings?: string, core?: number | null}} options `name` tells several daemons apart; `settings` is TOML
 */
export async function startLandfall(folder, { name = 'landfall', settings = '', core = null } = {}) {
  const own = (...parts) => folder(name, ...parts);
  rmSync(own(), { recursive: true, force: true });
  mkdirSync(own());
  writeFileSync(own('landfall.toml'), settings);
  const argv = [...onCore(core), daemonProgram(), 'serve', '--listen', '127.0.0.1:0', '--settings', own('landfall.toml'),
    '--state-dir', own('state'), '--ready-file', own('url'), '--log', 'warn'];
  const server = await startProcess(argv[0], argv.slice(1), () => existsSync(own('url')) && readFileSync(own('url'), 'utf8').trim());
  return {
    ...server,
    url: server.ready,
    /** What it says of itself. */
    status: async () => (await fetch(`${server.ready}/v1/status`, { headers: { connection: 'close' } })).json(),
  };
}
