// A catalog server with a stream of its changes, which knows when it was asked what and how many streams are open.
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { notFound, reply } from '../support/http-server.mjs';
import { until } from '../support/until.mjs';
import { clock } from './clock.mjs';

export const EVENTS = `${WELL_KNOWN}/events`;

/**
 * @param {object} stage
 * @param {{port?: number, boot?: number, revision?: number, url?: string, ttl?: number}} [options] `url` is where its
 *   one service is, by default here; `ttl` is in seconds
 */
export async function startLighthouse(stage, { port, boot = 1, revision = 1, url, ttl = 1 } = {}) {
  const polls = [];
  const opened = [];
  const streams = new Set();
  let most = 0;
  let at = url;
  const document = () => ({ ...catalog(at, revision), epoch: { registry: 'fault-matrix', boot }, ttl, events: EVENTS });
  const stamp = () => `fault-matrix:${boot}:${revision}`;
  const event = () => `event: catalog\nid: ${stamp()}\ndata: ${JSON.stringify(document())}\n\n`;

  const server = await stage.server((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://server');
    if (pathname === WELL_KNOWN) {
      polls.push(clock());
      return reply(response, 200, 'application/json', JSON.stringify(document()), { 'cache-control': 'no-cache' });
    }
    if (pathname !== EVENTS) return notFound(request, response);
    opened.push(clock());
    streams.add(response);
    most = Math.max(most, streams.size);
    response.on('close', () => streams.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'access-control-allow-origin': '*' });
    return response.write(searchParams.get('after') === stamp() ? ':\n\n' : `:\n\n${event()}`);
  }, port);
  at ??= `http://localhost:${server.port}`;
  return {
    ...server,
    url: `http://localhost:${server.port}`,
    /** When the catalog was asked for. */
    polls: () => polls,
    /** How many streams are open now, and how many were at most at one time. */
    open: () => streams.size,
    most: () => most,
    /** Waits until exactly one is. */
    oneStream: () => until('one stream to be open', () => streams.size === 1),
    /** How often a stream was opened. */
    opened: () => opened.length,
    /** The first stream or poll after an instant; undefined while there was none. */
    askedAfter: (instant) => [...opened, ...polls].filter((it) => it > instant).sort((a, b) => a - b)[0],
    /** A new revision, with the service elsewhere if `url` is given; every stream is told. */
    push(changes = {}) {
      revision += 1;
      at = changes.url ?? at;
      streams.forEach((stream) => stream.write(event()));
      return revision;
    },
  };
}
