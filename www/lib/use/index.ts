/**
 * Using what was found: the chunk behind `client.fetch`, `client.socket` and `client.events`, loaded at first use. What is
 * decided (which instance, whether and when again) the engine decides; here is what is done.
 */
import type { Handle } from '../core/handle.js';
import type { EventsOptions, FetchInit, Params, SocketOptions } from '../types.js';
import type { Carrier, Connection } from './connection.js';
import type { Context, Shared } from './context.js';
import { UseError } from './errors.js';
import { openEvents } from './events.js';
import { createFetch } from './fetch.js';
import { Place } from './place.js';
import { ABANDONED } from './plan.js';
import { createReporter } from './report.js';
import { openSocket } from './socket.js';
import { targetOf } from './target.js';
import { orAborted } from './wait.js';

/** Defaults of `options.use`: shared connections of a page. */
const SOCKETS = 16;
/** A browser opens six connections to an origin (HTTP/1.1), and requests need some of them. */
const STREAMS = 4;

/** What `createUse` returns. */
export interface Use {
  readonly fetch: (name: string, init?: FetchInit) => Promise<Response>;
  /** Brings a handle to life. */
  readonly connect: (handle: Handle, kind: 'socket' | 'events', name: string, options?: SocketOptions & EventsOptions) => void;
  readonly close: () => void;
}

interface Open {
  readonly connection: Pick<Connection<Carrier>, 'start' | 'add' | 'remove' | 'close'>;
  readonly attach?: (handle: Handle) => void;
}

/** Creates the users of what a client has found. */
export function createUse(context: Context): Use {
  const closing = new AbortController();
  const reporter = createReporter(context.engine);
  const shared: Shared = { ...context, closing: closing.signal, note: reporter.note };
  const { sockets = SOCKETS, streams = STREAMS } = context.options.use ?? {};
  const open = { socket: new Map<string, Open>(), events: new Map<string, Open>() };

  const connect: Use['connect'] = (handle, kind, name, options = {}) => {
    orAborted(context.ready(), closing.signal)
      .then(() => { if (handle.state !== 'closed') attach(handle, kind, name, options); })
      .catch((error: unknown) => { handle.fail(error); });
  };

  const attach = (handle: Handle, kind: 'socket' | 'events', name: string, options: SocketOptions & EventsOptions) => {
    const { params, query, protocols = [], types = [], withCredentials = false } = options;
    const socket = kind === 'socket';
    const snapshot = context.snapshot();
    const target = socket
      ? targetOf(snapshot, name, ['websocket'], 'use client.fetch or client.events')
      : targetOf(snapshot, name, ['sse', 'http'], 'use client.socket');
    const place = new Place(shared, { name, params, query, socket }, target);
    const { service, path } = target.endpoint;
    const key = JSON.stringify([service, path, sorted(params), sorted(query), protocols, types, withCredentials]);
    let it = open[kind].get(key);
    if (!it) {
      const { origin } = new URL(place.url());
      if (socket ? open.socket.size >= sockets : countAt(origin) >= streams) {
        place.ended(ABANDONED);
        const most = socket ? `${sockets} WebSockets` : `${streams} event streams of ${origin}`;
        throw new UseError('too-many', `${most} are open; close one, or raise options.use.${socket ? 'sockets' : 'streams'}`);
      }
      const ended = () => void open[kind].delete(key);
      it = socket ? openSocket(shared, place, options, ended) : { connection: openEvents(shared, place, options, ended) };
      open[kind].set(key, it);
      origins.set(it, origin);
      it.connection.add(handle);
      it.connection.start();
    } else it.connection.add(handle);
    const { connection } = it;
    handle.close = () => { connection.remove(handle); };
    it.attach?.(handle);
  };

  const origins = new WeakMap<Open, string>();
  const countAt = (origin: string) => [...open.events.values()].filter((it) => origins.get(it) === origin).length;

  return {
    fetch: createFetch(shared),
    connect,
    close: () => {
      closing.abort(new UseError('closed', 'the client was closed'));
      reporter.stop();
      for (const { connection } of [...open.socket.values(), ...open.events.values()]) {
        connection.close(() => Object.assign(new Event('close'), { willReopen: false }));
      }
    },
  };
}

const sorted = (params: Params = {}) => Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, String(value)]);
