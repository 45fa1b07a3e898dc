// Many small backends to check: one nginx worker that listens on many ports, and counts what it is asked.
import { createServer } from 'node:net';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';

import { freePort } from '../../tests/support/ports.mjs';
import { startNginx } from './nginx.mjs';

/** Where runs of ports are looked for: below the ports that systems give to outgoing connections. */
const LOWEST = 12_000;
const HIGHEST = 32_000;
/** An answer that is dear to read: near the most that the daemon reads of an answer it does not want. */
const DEAR_BYTES = 60 * 1_024;

async function isFree(port) {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The first of `count` free ports in a row. */
export async function freeRun(count) {
  let first = LOWEST;
  for (let port = LOWEST; port < HIGHEST; port += 1) {
    if (!(await isFree(port))) first = port + 1;
    else if (port + 1 - first === count) return first;
  }
  throw new Error(`there are no ${count} free ports in a row between ${LOWEST} and ${HIGHEST}`);
}

/**
 * Starts `count` backends: GET /health is answered, everything else is not found.
 * @param {(...parts: string[]) => string} folder paths below a folder
 * @param {number} count
 * @param {number} [from] the first of their ports, which follow each other; without it the first free run
 */
export async function startBackends(folder, count, from) {
  const own = (...parts) => folder('backends', ...parts);
  mkdirSync(own(), { recursive: true });
  writeFileSync(own('dear.json'), JSON.stringify({ status: 'ok', padding: 'x'.repeat(DEAR_BYTES) }));
  const [first, counter] = [from ?? (await freeRun(count)), await freePort()];
  const ports = Array.from({ length: count }, (_, index) => first + index);
  const server = await startNginx(own, `
    server { listen 127.0.0.1:${counter}; location = /count { stub_status; } }
    server {
      ${ports.map((port) => `listen 127.0.0.1:${port};`).join(' ')}
      location = /health {
        if (-f ${own('dear')}) { rewrite ^ /dear last; }
        return 200 '{"status":"ok"}';
      }
      location = /dear { internal; keepalive_timeout 0; sendfile off; output_buffers 1 1k; postpone_output 0; alias ${own('dear.json')}; }
      location / { return 404 '{"detail":"Not Found"}'; }
    }`, { port: counter, sockets: count });
  // The counters count these questions too.
  let asked = 0;
  return {
    ...server,
    ports,
    /** Connections and requests so far, without those of this question. */
    async counted() {
      const text = await (await fetch(`http://127.0.0.1:${counter}/count`, { headers: { connection: 'close' } })).text();
      const [connections, , requests] = /(\d+) (\d+) (\d+)/.exec(text).slice(1).map(Number);
      asked += 1;
      return { connections: connections - asked, requests: requests - asked };
    },
    /** Makes every answer dear: large, and the last one of its connection. Or cheap again. */
    makeDear(dear) {
      if (dear) writeFileSync(own('dear'), '');
      else rmSync(own('dear'), { force: true });
    },
  };
}
