// Runs programs: quietly behind a progress line, in plain sight, or for their answer.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

import { Failure } from './failure.mjs';
import { ROOT } from './paths.mjs';
import { progress } from './progress.mjs';

const LAST_LINES = 30;

/** Environment for a child: this process's own, changed. A value of undefined removes the name. */
function environment(changes = {}) {
  const env = { ...process.env, ...changes };
  for (const name of Object.keys(env)) if (env[name] === undefined) delete env[name];
  return env;
}

/** How long a server that was told to stop is left alone before a further signal kills it. */
const PATIENCE_MS = 1_000;

/** What runs now: how each child is told of a signal. */
const running = new Map();
let interruption = null;

/** A signal is passed on to what runs; the command then ends with the signal's usual status. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruption ??= new Failure(`interrupted (${signal})`, { status: 128 + constants.signals[signal], told: true });
    if (running.size === 0) process.exit(interruption.status);
    for (const tell of running.values()) tell(signal);
  });
}

/** Resolves when the child has ended; rejects when it could not start or the command was interrupted. */
function ended(child, program, tell = (signal) => child.kill(signal)) {
  running.set(child, tell);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      running.delete(child);
      reject(new Failure(`${program} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? 128 + constants.signals[signal], signal });
    });
  });
}

/** What ended because the user stopped the command has not failed by itself. */
async function uninterrupted(ending) {
  const result = await ending;
  if (interruption) throw interruption;
  return result;
}

/**
 * Runs a program behind a progress line; its output is shown only when it fails.
 * @param {string} title what the step does, for people
 * @param {string[]} argv program and arguments
 * @param {{cwd?: string, env?: object, timeout?: number, advice?: string}} [options] timeout in ms
 */
export async function quietly(title, [program, ...args], { cwd = ROOT, env, timeout, advice } = {}) {
  const display = progress(title);
  const child = spawn(program, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'], timeout });
  const last = [];
  let partial = '';
  const read = (chunk) => {
    const lines = (partial + chunk).split(/[\r\n]+/);
    partial = lines.pop();
    for (const line of lines) {
      display.line(line);
      last.push(line);
    }
    last.splice(0, last.length - LAST_LINES);
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  try {
    const { code, signal } = await uninterrupted(ended(child, program));
    if (partial) last.push(partial);
    if (code !== 0) {
      const why = signal ? `stopped by ${signal}${timeout ? ` (limit ${timeout / 1000} s)` : ''}` : `exit status ${code}`;
      throw new Failure(`${title}: ${[program, ...args].join(' ')}: ${why}`, { output: last.join('\n'), advice });
    }
    display.end('done:');
  } catch (error) {
    display.end('failed:');
    throw error;
  }
}

/** Runs a program in plain sight; fails when it fails. */
export async function openly([program, ...args], { cwd = ROOT, env, advice } = {}) {
  const child = spawn(program, args, { cwd, env: environment(env), stdio: ['ignore', 'inherit', 'inherit'] });
  const { code } = await uninterrupted(ended(child, program));
  if (code !== 0) throw new Failure(`${[program, ...args].join(' ')}: exit status ${code}`, { advice });
}

/**
 * Runs a server in plain sight until it ends; resolves with its exit status, 0 after a clean stop.
 *
 * It is kept out of the terminal's process group: Ctrl-C reaches this process from the terminal and from npm, and the
 * server must hear of it once. A second Ctrl-C, when the first has had its time, kills.
 */
export async function serve([program, ...args], { cwd = ROOT, env } = {}) {
  const child = spawn(program, args, { cwd, env: environment(env), stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  let told = null;
  const tell = (signal) => {
    if (told === null) child.kill(signal);
    else if (performance.now() - told > PATIENCE_MS) child.kill('SIGKILL');
    told ??= performance.now();
  };
  return (await ended(child, program, tell)).code;
}

/** Runs one of this folder's commands, as `npm run` would; it reports its failures itself. */
export async function script(name, ...args) {
  try {
    await openly([process.execPath, path.join(ROOT, 'scripts', `${name}.mjs`), ...args]);
  } catch (error) {
    error.told = true;
    throw error;
  }
}

/** A program's answer (stdout, trimmed), or null when it is missing, slow or fails. For short questions only. */
export function answer([program, ...args], { env, cwd = ROOT, timeout = 10_000 } = {}) {
  const { status: code, stdout } = spawnSync(program, args, {
    cwd, env: environment(env), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout, maxBuffer: 64 << 20,
  });
  return code === 0 ? stdout.trim() : null;
}

/** The first of the named programs found on PATH (or at an absolute path), or null. */
export function which(...names) {
  for (const name of names) {
    if (path.isAbsolute(name)) {
      if (existsSync(name)) return name;
      continue;
    }
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      if (folder && existsSync(path.join(folder, name))) return path.join(folder, name);
    }
  }
  return null;
}

/** PATH with folders put in front, as an environment change. */
export const pathWith = (...folders) => ({ PATH: [...folders, process.env.PATH].join(path.delimiter) });
