// Starts an nginx that serves one static page: a service that has no OpenAPI document and says nothing of itself.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { freePort, isListening } from './ports.mjs';
import { nginxProgram } from './programs.mjs';
import { startProcess } from './server-process.mjs';

const PAGE = '<!doctype html><title>A page of nginx</title><p>A static page.\n';
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const config = (folder, port) => `
daemon off;
worker_processes 1;
pid ${folder('nginx.pid')};
error_log stderr warn;
events { worker_connections 64; }
http {
  log_format requests escape=json '{"method":"$request_method","path":"$uri","origin":"$http_origin","userAgent":"$http_user_agent"}';
  access_log ${folder('requests.log')} requests;
  ${TEMPORARY.map((kind) => `${kind}_temp_path ${folder(kind)};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${folder('html')};
  }
}
`;

/**
 * @param {(...parts: string[]) => string} folder paths below an empty folder of its own
 * @param {{port?: number}} [options] without one, any free port
 */
export async function startNginx(folder, { port: wanted } = {}) {
  const port = wanted ?? await freePort();
  mkdirSync(folder('html'), { recursive: true });
  writeFileSync(folder('html', 'index.html'), PAGE);
  writeFileSync(folder('nginx.conf'), config(folder, port));
  const args = ['-e', 'stderr', '-p', folder(), '-c', folder('nginx.conf')];
  const server = await startProcess(nginxProgram(), args, () => isListening(port));
  return { ...server, url: `http://127.0.0.1:${port}`, port, requests: () => readRequests(folder('requests.log')) };
}

/** Every request that was answered, oldest first. */
function readRequests(log) {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [];
}
