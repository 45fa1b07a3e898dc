/**
 * The public types: what an application gives to `createClient`, and what it reads back.
 *
 * A snapshot is plain frozen data, so it can be stored, compared by identity, and handed to React.
 */

export type { UseError, UseErrorCode } from './use/errors.js';

/** The methods an endpoint may have (RFC 9110, RFC 5789). */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'TRACE';

/** How an endpoint is talked to. */
export type Protocol = 'http' | 'websocket' | 'sse';

/** How it is known that an endpoint has a method, best first; `declared` is only the page's own hope. */
export type Evidence = 'catalog' | 'openapi' | 'options' | 'allow' | 'get' | 'declared';

/** How far the client is. Everything but `pending` is settled and usable. */
export type Status = 'pending' | 'provided' | 'cached' | 'fallback' | 'live' | 'stale';

/** Where the value came from; `null` while pending. */
export type Source = 'live' | 'provided' | 'cache' | 'fallback';

/** A coarse verdict on an instance's health. */
export type HealthClass = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** One path template with its methods. */
export interface Endpoint {
  /** The service that offers it; `null` when only the page declared it. */
  readonly service: string | null;
  readonly name: string;
  /** A path template, for example `/items/{item_id}`. */
  readonly path: string;
  readonly protocol: Protocol;
  /** Each method with the best evidence there is for it. */
  readonly methods: Readonly<Partial<Record<Method, Evidence>>>;
  /** Method to OpenAPI `operationId`; each is a name of its own. */
  readonly operations: Readonly<Partial<Record<Method, string>>>;
  /** Methods that some evidence names and other evidence denies. */
  readonly contradictions: readonly Contradiction[];
}

/** Two pieces of evidence that do not fit together; both are kept. */
export interface Contradiction {
  readonly method: Method;
  readonly claimed: Evidence;
  readonly denied: Evidence;
}

/** One running copy of a service. */
export interface Instance {
  /** Absolute http(s) URL without a trailing slash. */
  readonly url: string;
  /** Relative share of the traffic, 0..=65535. */
  readonly weight: number;
  readonly health: HealthClass;
}

/** A service of the catalog. */
export interface Service {
  readonly name: string;
  readonly title: string | null;
  /** The best instance's URL; `null` while there is none. */
  readonly url: string | null;
  readonly instances: readonly Instance[];
}

/** Which registry counted the revision, and how often it had started then. */
export interface Epoch {
  readonly registry: string;
  readonly boot: number;
}

/** What a name means: one endpoint (and, for an operation, its method), or several to choose from. */
export type NameEntry =
  | { readonly endpoint: number; readonly method?: Method }
  | { readonly choices: readonly string[] };

/** Everything known at one moment: deeply frozen, and the same object until its content changes. */
export interface Snapshot {
  readonly status: Status;
  readonly source: Source | null;
  /** A stable reason code, for example `live`, `deadline` or `engine-failed`. */
  readonly code: string;
  /** The same in words. */
  readonly reason: string;
  /** What the reason is about, for example an origin. */
  readonly subject: string | null;
  /** The origin the value was read from. */
  readonly origin: string | null;
  /** How it was found there, for example `catalog` or `openapi`. */
  readonly rung: string | null;
  readonly epoch: Epoch | null;
  readonly revision: number | null;
  readonly baseUrl: string;
  readonly wsBaseUrl: string;
  /** The backend's runtime config, untouched. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly endpoints: readonly Endpoint[];
  readonly names: Readonly<Record<string, NameEntry>>;
}

/** What each event carries. */
export interface EventDetails {
  /** The client has settled; told once, and at once to whoever subscribes later. */
  'config-ready': Readonly<Record<string, never>>;
  /** A better or newer value replaced the one the client had settled on. */
  'config-updated': Readonly<Record<string, never>>;
  /** A service answers elsewhere now. */
  'service-relocated': { readonly service: string; readonly from: string | null; readonly to: string | null };
  /** Methods came or went, each as `METHOD service/path`. */
  'endpoints-changed': { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** No candidate gave a usable answer; the client goes on trying. */
  'discovery-failed': { readonly code: string; readonly subject: string | null };
}

/** The names of all events. */
export type EventType = keyof EventDetails;

/** The event objects that listeners receive. */
export type Events = {
  readonly [K in EventType]: { readonly type: K; readonly detail: EventDetails[K]; readonly snapshot: Snapshot };
};

/** Values for a path template or a query; `null` and `undefined` leave a query key out. */
export type Params = Readonly<Record<string, Scalar | readonly Scalar[] | null | undefined>>;

type Scalar = string | number | bigint | boolean;

/** An endpoint the page wants, whether or not a catalog will name it. */
export interface WantedEndpoint {
  readonly name: string;
  readonly path: string;
  readonly method?: Method;
  readonly protocol?: Protocol;
}

/** What the page settles on when nothing better is known by the deadline. */
export interface Fallback {
  /** Default `http://localhost:8010`. */
  readonly baseUrl?: string;
  /** Default: `baseUrl` with `ws:` for `http:`. */
  readonly wsBaseUrl?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What the `slim` entry can load the engine from. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** How `fetch`, `socket` and `events` behave on this page; docs/use.md has the reasons. */
export interface UseOptions {
  /**
   * The origins, besides the page's own, that may be sent credentials and authorization headers. Default: those that the
   * options name as candidates or fallback, this machine for a page on this machine, and where `service` runs, as far as one
   * of them says so.
   */
  readonly credentials?: readonly string[];
  /** Milliseconds that a call waits for its answer, over all tries. Default 10,000. */
  readonly deadline?: number;
  /** How often an idempotent request is tried again. Default 2. */
  readonly retries?: number;
  /** Requests under way at once. Default 32. */
  readonly inFlight?: number;
  /** Requests that wait for their turn; one more is refused. Default 128. */
  readonly queued?: number;
  /** WebSockets of this page. Default 16. */
  readonly sockets?: number;
  /** Event streams to one origin, of which a browser has six connections over HTTP/1.1. Default 4. */
  readonly streams?: number;
}

/** What `client.fetch` takes: what `fetch` takes, and more. */
export interface FetchInit extends RequestInit {
  /** Values for the variables of the path. */
  readonly params?: Params;
  readonly query?: Params;
  /** Milliseconds until the answer's headers, over all tries. */
  readonly deadline?: number;
  readonly retries?: number;
}

/** Where a shared connection is. */
export type ConnectionState = 'connecting' | 'open' | 'closed';

/** What a connection tells. */
export interface ConnectionEvents {
  /** It is open, again or for the first time. */
  readonly open: Event;
  readonly message: MessageEvent;
  /** It broke; `willReopen` says whether it is opened again. `code` and `reason` are those of a WebSocket. */
  readonly close: Event & { readonly code?: number; readonly reason?: string; readonly willReopen: boolean };
  /** It could not be opened at all, or a message could not be sent (`data`). */
  readonly error: Event & { readonly error: unknown; readonly data?: unknown };
}

/** One user's end of a connection that the page shares. Other types than these are those of `EventsOptions.types`. */
export interface Connection extends EventTarget {
  readonly state: ConnectionState;
  on<K extends keyof ConnectionEvents>(type: K, listener: (event: ConnectionEvents[K]) => void): Unsubscribe;
  on(type: string, listener: (event: MessageEvent) => void): Unsubscribe;
  /** Ends this use; the last one closes the connection. */
  readonly close: () => void;
}

/** A WebSocket that the page shares. */
export interface Socket extends Connection {
  /** Sends now, or as soon as it is open. `false`: the queue is full or the socket closed, and nothing is sent. */
  readonly send: (data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob) => boolean;
}

/** How a socket that says nothing is told from one that is dead. A browser's script cannot send WebSocket pings. */
export interface Heartbeat {
  /** Sent when nothing was heard for `every`; without it the server has to speak by itself. */
  readonly send?: string;
  /** What the server answers to it, which is not told as a message. Any message counts as life. */
  readonly reply?: string;
  /** Milliseconds of silence. Default 30,000. */
  readonly every?: number;
  /** Milliseconds after that, until the socket is opened anew. Default 10,000. */
  readonly within?: number;
}

/** Options of `client.socket`. The first user of a connection sets `heartbeat` and `queue` for all. */
export interface SocketOptions {
  readonly params?: Params;
  readonly query?: Params;
  readonly protocols?: string | readonly string[];
  readonly heartbeat?: Heartbeat;
  /** What may wait to be sent. Default 100 messages and 1 MiB. */
  readonly queue?: { readonly messages?: number; readonly bytes?: number };
}

/** Options of `client.events`. */
export interface EventsOptions {
  readonly params?: Params;
  readonly query?: Params;
  /** Named events to listen to, besides `message`. */
  readonly types?: readonly string[];
  /** Send credentials, where they may be sent. Default `false`. */
  readonly withCredentials?: boolean;
}

/** Options of `createClient`; every one may be left out. */
export interface ClientOptions {
  /** Names the cache, and the lock and the channel of the tabs, so that two projects on one `localhost:3000` stay apart. Default `default`. */
  readonly name?: string;
  /** Milliseconds until the client settles, whatever happens. Default 1,000. */
  readonly timeout?: number;
  readonly fallback?: Fallback;
  /** Further origins to ask. */
  readonly candidates?: readonly string[];
  /** Ports to ask on `localhost`, on localhost pages only. */
  readonly ports?: readonly number[];
  /** Ask the page's own origin and no other: neither the orchestrator nor `ports` and `candidates`. Default `false`. */
  readonly ownOriginOnly?: boolean;
  readonly endpoints?: readonly WantedEndpoint[];
  /**
   * A path, such as `/health`, whose answer makes an origin that describes no endpoints the backend. One that has a
   * wanted endpoint goes before.
   */
  readonly health?: string;
  /** The service that `baseUrl` stands for; default: the one that has most of the wanted endpoints. */
  readonly service?: string;
  /** Pins the identity of the backend, so that a stray process on a known port is not taken for it. */
  readonly expect?: { readonly catalog?: string; readonly title?: string };
  /** Keep the last known good value in `localStorage`. Default `true`. */
  readonly cache?: boolean;
  /** One tab of this origin and name talks to the backend, the others follow it. Default `true`. */
  readonly tabs?: boolean;
  /** How `fetch`, `socket` and `events` behave. */
  readonly use?: UseOptions;
  /** Offer `window.__LANDFALL__`. Default: in development builds only. */
  readonly devtools?: boolean;
  /** Where the engine's `.wasm` comes from; the `slim` entry only. */
  readonly wasm?: WasmSource | Promise<WasmSource>;
}

/** Undoes a subscription; calling it twice, or from inside a listener, is safe. */
export type Unsubscribe = () => void;

/** Finds the backend and holds what is known about it. All functions may be called detached. */
export interface Client {
  /** Settles exactly once, at the latest at the timeout, and never rejects. */
  readonly ready: () => Promise<Snapshot>;
  /** What is known now. */
  readonly snapshot: () => Snapshot;
  /** What a server renders and a hydrating page starts from: the options alone, status `pending`. */
  readonly serverSnapshot: () => Snapshot;
  /** Calls `listener` after each change of the snapshot. */
  readonly subscribe: (listener: () => void) => Unsubscribe;
  /** The config value `key`, or `fallback` when there is none or it is null. */
  readonly get: <T>(key: string, fallback: T) => T;
  /**
   * The endpoint of this name, `service.name` or `operationId`.
   *
   * @throws Error when the name means several endpoints; the message lists the choices.
   */
  readonly endpoint: (name: string) => Endpoint | undefined;
  /**
   * The absolute URL of an endpoint, of a path below the base, or of the base itself.
   *
   * @throws TypeError when a parameter of the path is missing or would leave the path.
   */
  readonly url: (name?: string, params?: Params, query?: Params) => string;
  /** As `url`, with `ws:` or `wss:`. */
  readonly wsUrl: (name?: string, params?: Params, query?: Params) => string;
  /** Calls `listener` for each event of this type. */
  readonly on: <K extends EventType>(type: K, listener: (event: Events[K]) => void) => Unsubscribe;
  /** Hands in a catalog document or a plain object of config values that the page got elsewhere. */
  readonly provide: (config: unknown) => void;
  /**
   * As `fetch`, to an endpoint by its name: with its method, a deadline, retries where they are harmless, and failover. Rejects
   * with a `UseError`, whose `code` says why, unless the caller's own signal or init is the reason.
   */
  readonly fetch: (name: string, init?: FetchInit) => Promise<Response>;
  /** One WebSocket for all users of this endpoint and URL on the page; it is opened again when it breaks, and moves with its service. */
  readonly socket: (name: string, options?: SocketOptions) => Socket;
  /** The same for a stream of server-sent events. */
  readonly events: (name: string, options?: EventsOptions) => Connection;
  /** Asks the backend again now. */
  readonly refresh: () => void;
  /**
   * Asks the user for the permission to talk to this machine and this network (Local Network Access), which a public page
   * needs for its local `candidates`. The client never causes that prompt by itself: call this from a click. What the user
   * answers is followed, now and later; it shows in the snapshot.
   */
  readonly requestLocalAccess: () => void;
  /** Releases every timer, request and listener. A client that was still pending settles on its fallback. */
  readonly close: () => void;
}
