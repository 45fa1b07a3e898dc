// Starts the daemon with settings that are made for a measurement.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

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
    /** Takes in other settings, which it does once the file is there. */
    change: (changed) => {
      writeFileSync(own('new.toml'), changed);
      renameSync(own('new.toml'), own('landfall.toml'));
    },
    /** What it says of itself. */
    status: async () => (await fetch(`${server.ready}/v1/status`, { headers: { connection: 'close' } })).json(),
  };
}

/** Between two lines that say how far it is. */
const PROGRESS_MS = 20_000;

/** How many instances a daemon has a verdict on, itself left out. */
async function checked({ url }) {
  const { services } = await (await fetch(`${url}/v1/health`, { headers: { connection: 'close' } })).json();
  return services.filter((it) => it.source !== 'daemon' && it.checked_at !== null).length;
}

/**
 * Waits until a daemon knows `services` services, has a verdict on each and has asked each what it has: what comes before costs more than what
 * comes after.
 * @param {string} name says in the lines of progress which daemon it is
 * @returns {Promise<number | null>} how long that took, in milliseconds; null when it did not within `limitMs`
 */
export async function untilKnown(daemon, name, services, { limitMs, lookMs }) {
  const began = performance.now();
  let told = began;
  for (;;) {
    const { services: known, finding } = await daemon.status();
    const waiting = finding.places + finding.descriptions;
    // It counts itself. What all did takes long to tell, so that it is asked last.
    const verdicts = known > services && waiting === 0 ? await checked(daemon) : 0;
    const now = performance.now();
    if (verdicts >= services) return now - began;
    if (now - began > limitMs) return null;
    if (now - told > PROGRESS_MS) {
      told = now;
      console.error(`  waiting: ${name} knows ${known - 1} of ${services}, ${waiting} are still to be asked`);
    }
    await pause(lookMs);
  }
}
