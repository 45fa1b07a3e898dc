// The backend of the client benchmark: a small application with a health path and some endpoints, which describes
// itself as FastAPI does (an OpenAPI document) or with a catalog; and the ways in which a backend fails.
import { hang, reply } from '../../tests/support/http-server.mjs';
import { WELL_KNOWN } from '../../tests/support/catalogs.mjs';

const EVENTS = `${WELL_KNOWN}/events`;

/** The endpoints that the page wants. */
export const WANTED = [
  { name: 'items', path: '/items', method: 'GET' },
  { name: 'create_item', path: '/items', method: 'POST' },
  { name: 'orders', path: '/orders', method: 'GET' },
  { name: 'create_order', path: '/orders', method: 'POST' },
  { name: 'users', path: '/users', method: 'GET' },
  { name: 'stats', path: '/stats', method: 'GET' },
];

/** Path to its methods, as the application has them. */
const PATHS = { '/health': ['GET'], '/items': ['GET', 'POST'], '/orders': ['GET', 'POST'], '/users': ['GET'], '/stats': ['GET'] };

const json = (response, value) => reply(response, 200, 'application/json', JSON.stringify(value));

const operations = (path, methods) =>
  Object.fromEntries(methods.map((method) => [method.toLowerCase(), { operationId: `${method.toLowerCase()}_${path.slice(1)}`, responses: { 200: { description: 'OK' } } }]));

const openApi = {
  openapi: '3.1.0',
  info: { title: 'Workshop API', version: '1.0.0' },
  paths: Object.fromEntries(Object.entries(PATHS).map(([path, methods]) => [path, operations(path, methods)])),
};

const catalog = (port, boot) => ({
  landfall: 1,
  name: 'workshop',
  epoch: { registry: 'bench', boot },
  revision: 1,
  ttl: 30,
  events: EVENTS,
  services: [{
    name: 'workshop-api',
    instances: [{ url: `http://localhost:${port}`, health: 'healthy' }],
    endpoints: Object.fromEntries(Object.entries(PATHS).map(([path, methods]) =>
      [path, { path, methods: Object.fromEntries(methods.map((method) => [method, 'catalog'])) }])),
  }],
});

/** The application; it knows nothing of Landfall. */
export function application(request, response) {
  const { pathname } = new URL(request.url, 'http://server');
  if (pathname === '/openapi.json') return json(response, openApi);
  const methods = PATHS[pathname];
  if (!methods) return reply(response, 404, 'application/json', '{"detail":"Not Found"}');
  if (!methods.includes(request.method)) return reply(response, 405, 'application/json', '{"detail":"Method Not Allowed"}');
  return json(response, { status: 'ok' });
}

/** The application with a catalog and a stream of its changes; `boot` counts its starts. */
export const withCatalog = (boot = 1) => (request, response) => {
  const { pathname } = new URL(request.url, 'http://server');
  if (pathname === WELL_KNOWN) return json(response, catalog(request.socket.localPort, boot));
  if (pathname !== EVENTS) return application(request, response);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'access-control-allow-origin': '*' });
  return response.write(': open\n\n');
};

/** A backend that takes its time. */
export const after = (pause, handler) => (request, response) => setTimeout(handler, pause, request, response);

/** What is wrong with a backend that listens and is of no use. */
export const USELESS = {
  hangs: hang,
  'answers 500': (_request, response) => reply(response, 500, 'text/plain', 'Internal Server Error'),
  'answers garbage': (_request, response) => reply(response, 200, 'application/json', '{"landfall":1,"services":['),
};
