// Asks a server as fast as it answers: wrk where it is installed, else a loop of our own, which is slower but enough to
// see what a request costs the server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

import { onCore } from './nginx.mjs';
import { packaged } from './peers.mjs';

export const wrk = packaged('wrk');

const CONNECTIONS = 50;

async function withWrk(url, headers, seconds, core) {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const [program, ...args] = [...onCore(core), wrk.program(), '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', ...fields, url];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  const requests = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  if (code !== 0 || requests === 0) throw new Error(`wrk: exit status ${code}\n${text}`);
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(text);
  if (errors) throw new Error(`${url}: ${errors[1]} answers were errors`);
  return { requests, perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]), p99: /99%\s+(\S+)/.exec(text)?.[1] ?? null };
}

/** One connection that asks again when it has its answer, whose length is known from the first one. */
function askAgain(url, head, state) {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = 0;
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(head));
    socket.on('data', (chunk) => {
      received += chunk.length;
      state.length ??= wholeAnswer(chunk);
      if (received < state.length) return;
      received = 0;
      state.requests += 1;
      if (state.stopped) socket.end();
      else socket.write(head);
    });
    socket.once('error', reject);
    socket.once('close', resolve);
  });
}

/** Bytes of an answer, from its head, which comes in one piece. */
function wholeAnswer(chunk) {
  const text = chunk.toString('latin1');
  const status = Number(text.slice(9, 12));
  if (status >= 400) throw new Error(`the answer is an error: ${status}`);
  const head = text.indexOf('\r\n\r\n') + 4;
  return head + (status === 304 ? 0 : Number(/content-length: (\d+)/i.exec(text)[1]));
}

async function withSockets(url, headers, seconds) {
  const { host, pathname } = new URL(url);
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
  const state = { requests: 0, stopped: false };
  const timer = setTimeout(() => {
    state.stopped = true;
  }, seconds * 1_000);
  await Promise.all(Array.from({ length: CONNECTIONS }, () => askAgain(url, head, state)));
  clearTimeout(timer);
  return { requests: state.requests, perSecond: state.requests / seconds, p99: null };
}

/**
 * Asks for `url` for some time.
 * @param {string} url
 * @param {object} headers
 * @param {{seconds: number, core: number | null, useWrk: boolean}} how
 * @returns {Promise<{requests: number, perSecond: number, p99: string | null}>}
 */
export const generateLoad = (url, headers, { seconds, core, useWrk }) => (useWrk ? withWrk(url, headers, seconds, core) : withSockets(url, headers, seconds));
