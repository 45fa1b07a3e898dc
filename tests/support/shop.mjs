// Starts tests/backends/shop.py, a FastAPI application, and reads what was asked of it.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { pythonProgram } from './programs.mjs';
import { startProcess } from './server-process.mjs';

const APP = fileURLToPath(new URL('../backends/shop.py', import.meta.url));

/**
 * @param {{log: string, port?: number, title?: string}} options `log` is the file of requests; several runs may share it
 */
export async function startShop({ log, port = 0, title = 'Shop API' }) {
  const args = [APP, '--port', String(port), '--title', title, '--requests', log];
  const server = await startProcess(pythonProgram(), args, (output) => /running on (http:\/\/\S+)/.exec(output)?.[1], {
    env: { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { ...server, url: server.ready, port: Number(new URL(server.ready).port), requests: () => readRequests(log) };
}

/** Every request so far, oldest first: `{method, path, origin, userAgent}`; a WebSocket's method is `WEBSOCKET`. */
function readRequests(log) {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [];
}
