// Programs that serve until they are stopped. Each is the leader of a process group of its own, so that stopping it
// leaves none of its children behind; whatever still runs when the tests end, in whichever way, is killed with them.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { until } from './until.mjs';

const PATIENCE_MS = 5_000;
const KEPT_OUTPUT = 64 * 1024;

const running = new Set();

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // Nobody is left.
  }
}

const killAll = () => running.forEach((pid) => signalGroup(pid, 'SIGKILL'));
process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

/**
 * Starts a program and waits until it serves.
 * @param {string} program
 * @param {string[]} args
 * @param {(output: string) => unknown} ready looks whether it serves; what it returns then is the server's `ready`
 * @param {{env?: object}} [options] changes of the environment
 */
export async function startProcess(program, args, ready, { env } = {}) {
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  let end = null;
  const read = (chunk) => {
    output = (output + chunk).slice(-KEPT_OUTPUT);
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  if (child.pid !== undefined) running.add(child.pid);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve((end = error.message)));
    child.once('exit', (code, signal) => resolve((end = signal ?? `exit status ${code}`)));
  });

  const killGroup = () => {
    if (child.pid === undefined) return;
    signalGroup(child.pid, 'SIGKILL');
    running.delete(child.pid);
  };

  const server = {
    pid: child.pid,
    ready: null,
    /** What it has written so far, the last 64 KiB. */
    output: () => output,
    /** Asks it to stop, and kills what has not stopped after a while. Resolves when all of it has ended; says how. */
    async stop() {
      if (end === null) signalGroup(child.pid, 'SIGTERM');
      await Promise.race([ended, pause(PATIENCE_MS, null, { ref: false })]);
      return server.kill();
    },
    /** As a crash would end it. */
    async kill() {
      killGroup();
      return ended;
    },
  };

  try {
    server.ready = await until(`${program} to serve`, () => {
      if (end !== null) throw new Error(`${program} ended before it served: ${end}\n${output}`);
      return ready(output);
    });
  } catch (error) {
    await server.kill();
    if (!error.message.includes(output)) error.message += `; it wrote:\n${output}`;
    throw error;
  }
  return server;
}
