// Many small services with real sockets, in this process: each is up, ill, slow or away, as it is told.
import { once } from 'node:events';
import { createServer } from 'node:http';

const JSON_TYPE = { 'content-type': 'application/json' };

/** What a service says of itself. Each has an API of its own, by which it is known again. */
const description = (name) => JSON.stringify({
  openapi: '3.1.0',
  info: { title: `${name} API`, version: '1' },
  paths: { '/health': { get: {} }, [`/${name}/items`]: { get: {}, post: {} }, [`/${name}/items/{id}`]: { get: {}, delete: {} } },
});

const healthy = (name) => (request, response) => {
  if (request.url === '/health') response.writeHead(200, JSON_TYPE).end('{"status":"ok"}');
  else if (request.url === '/openapi.json') response.writeHead(200, JSON_TYPE).end(description(name));
  else response.writeHead(404, JSON_TYPE).end('{"detail":"Not Found"}');
};

/** How a service that is up may be ill. */
export const ILLS = {
  /** Takes requests and never answers. */
  hangs: () => () => {},
  /** Begins an answer and never ends it. */
  breaksOff: () => (_request, response) => response.writeHead(200, { 'content-length': 100 }).write('{"status":'),
  /** Ends every connection in the middle of the answer's head. */
  resets: () => (request) => {
    request.socket.write('HTTP/1.1 200 OK\r\nContent-');
    request.socket.resetAndDestroy();
  },
  /** Answers with an error. */
  fails: () => (_request, response) => response.writeHead(503, JSON_TYPE).end('{"status":"down"}'),
  /** Sends what is no HTTP. */
  babbles: () => (request) => request.socket.end('220 mail ESMTP\r\n'),
};

/** A service at one of `ports`; away at first. `kind` says how the daemon knows it. */
export function createService(kind, name, ports) {
  let server = null;
  let state = 'away';
  let handle = healthy(name);
  const service = {
    kind,
    name,
    ports,
    /** Where it is, or was last. */
    port: ports[0],
    state: () => state,
    /** Listens, at the port with this index. */
    async comes(index = 0) {
      if (server) return;
      service.port = ports[index % ports.length];
      handle = healthy(name);
      state = 'up';
      server = createServer({ keepAliveTimeout: 0 }, (request, response) => handle(request, response));
      server.listen(service.port, '127.0.0.1', 1_024);
      await once(server, 'listening');
    },
    /** Is ill in this way, if it is there. */
    sickens(ill) {
      if (!server) return;
      handle = ILLS[ill](name);
      state = ill;
    },
    /** Is well again, if it is there; whoever waits for an answer of the ill one waits in vain. */
    recovers() {
      if (!server) return;
      handle = healthy(name);
      state = 'up';
      server.closeAllConnections();
    },
    /** Does not listen any more, and ends every connection. */
    async goes() {
      if (!server) return;
      const gone = server;
      server = null;
      state = 'away';
      gone.closeAllConnections();
      await new Promise((resolve) => {
        gone.close(resolve);
      });
    },
  };
  return service;
}
