// `npm start [-- --no-open] [-- arguments of landfall serve]`: sets up, builds, runs the daemon and says where it is.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { buildAll } from './common/builds.mjs';
import { releaseBinary } from './common/cargo.mjs';
import { command } from './common/failure.mjs';
import { serve, which } from './common/run.mjs';
import { FOR_RUNNING, setUp } from './setup/index.mjs';

const READY_LOOK_MS = 50;

/** The program that opens a page on this desktop, or null where nobody sits in front of one. */
function opener() {
  if (!process.stdout.isTTY || process.env.CI || process.env.SSH_CONNECTION) return null;
  if (process.platform === 'darwin') return 'open';
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? which('xdg-open') : null;
}

function announce(url, open) {
  console.log(`\n  Landfall is running: ${url}\n  Stop it with Ctrl-C.\n`);
  const program = open ? opener() : null;
  if (program) spawn(program, [url], { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}

/** Calls back with the daemon's address as soon as it has written it. */
function whenReady(file, callback) {
  const timer = setInterval(() => {
    let url;
    try {
      url = readFileSync(file, 'utf8').trim();
    } catch {
      return; // Not written yet.
    }
    if (!url) return;
    clearInterval(timer);
    callback(url);
  }, READY_LOOK_MS);
  return () => clearInterval(timer);
}

command(async (args) => {
  const open = !args.includes('--no-open');
  await setUp(FOR_RUNNING);
  await buildAll();
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-'));
  const ready = path.join(folder, 'url');
  const stopLooking = whenReady(ready, (url) => announce(url, open));
  try {
    return await serve([releaseBinary('landfall'), 'serve', '--ready-file', ready, ...args.filter((arg) => arg !== '--no-open')]);
  } finally {
    stopLooking();
    rmSync(folder, { recursive: true, force: true });
  }
});
