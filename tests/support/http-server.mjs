// A server inside the test, which writes down what was asked of it and answers as the test says: with the files of a
// folder, with a value, or not at all.
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import path from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.wasm': 'application/wasm' };

/** Pages on this machine may read every answer. */
const CORS = { 'access-control-allow-origin': '*' };

/** An answer: `headers` besides the usual ones. */
export function reply(response, status, type, body, headers = {}) {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...CORS, ...headers }).end(body);
}

/** Answers nothing, for as long as the server runs. */
export const hang = () => {};

/** Hangs up, which to a page is as if nobody listened; but the port is taken, and nobody else can listen there. */
export const hangUp = (request) => request.socket.destroy();

/** Nothing is there. */
export const notFound = (_request, response) => reply(response, 404, 'text/plain', 'not found\n');

/** Answers with the files of a folder, each with these headers. */
export const files = (folder, headers = {}) => (request, response) => {
  const file = path.join(folder, path.normalize(new URL(request.url, 'http://server').pathname));
  if (!existsSync(file) || !statSync(file).isFile()) return notFound(request, response);
  reply(response, 200, TYPES[path.extname(file)] ?? 'application/octet-stream', readFileSync(file), headers);
};

/** Answers `value` as JSON at one path. */
export const json = (at, value) => (request, response) => {
  if (new URL(request.url, 'http://server').pathname !== at) return notFound(request, response);
  reply(response, 200, 'application/json', JSON.stringify(value));
};

/** Hands every request on to another server, and its answer back, as it comes. */
export const forward = (to) => (request, response) => {
  const headers = { ...request.headers, host: new URL(to).host };
  const onward = ask(new URL(request.url, to), { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
};

/**
 * Starts a server, by default on any free port.
 * @param {import('node:http').RequestListener} handler may be replaced later by `server.handler = …`
 */
export async function startHttpServer(handler, port = 0) {
  const requests = [];
  const http = createServer((request, response) => {
    requests.push({ method: request.method, path: request.url.split('?')[0] });
    server.handler(request, response);
  });
  const server = {
    handler,
    port: 0,
    url: '',
    /** Every request so far, oldest first. */
    requests: () => requests,
    async stop() {
      http.closeAllConnections();
      if (http.listening) await new Promise((resolve) => http.close(resolve));
    },
  };
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  server.port = http.address().port;
  server.url = `http://127.0.0.1:${server.port}`;
  return server;
}
