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

const running = new Set();
let interruption = null;

/** A signal is passed on to what runs; the command then ends with the signal's usual status. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruption ??= new Failure(`interrupted (${signal})`, { status: 128 + constants.signals[signal] });
    if (running.size === 0) process.exit(interruption.status);
    for (const child of running) child.kill(signal);
  });
}

/** Resolves when the child has ended; rejects when it could not start or the command was interrupted. */
function ended(child, program) {
  running.add(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      running.delete(child);
      reject(new Failure(`${program} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      running.delete(child);
      if (interruption) reject(interruption);
      else resolve({ code: code ?? 128 + constants.signals[signal], signal });
    });
  });
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
    const { code, signal } = await ended(child, program);
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

/** Runs a program in plain sight; resolves with its exit status. */
export async function status([program, ...args], { cwd = ROOT, env } = {}) {
  const child = spawn(program, args, { cwd, env: environment(env), stdio: ['ignore', 'inherit', 'inherit'] });
  return (await ended(child, program)).code;
}

/** Runs a program in plain sight; fails when it fails. */
export async function openly(title, argv, options = {}) {
  const code = await status(argv, options);
  if (code !== 0) throw new Failure(`${title}: ${argv.join(' ')}: exit status ${code}`, { advice: options.advice });
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
