/** The types of the drop-in service: the shape that hand-written config services have. */
import type { Client, ClientOptions, EventDetails, HealthClass, Method, Unsubscribe } from '../types.js';

/** Where an endpoint is below its base, and how it is called. */
export interface ServiceEndpoint {
  /** A path; variables stand in it as `{name}`. */
  readonly path: string;
  /** The declared method, else the endpoint's only one, else `GET`. */
  readonly method: Method;
}

/** A service that the backend names. */
export interface ServiceEntry {
  readonly type: string;
  /** Where its best instance is; `null` while there is none. */
  readonly url: string | null;
  readonly port: number | null;
  readonly health: HealthClass;
  readonly endpoints: Readonly<Record<string, ServiceEndpoint>>;
}

/** What is known at one moment: frozen, and the same object until something in it changes. */
export interface ServiceConfig {
  /** `null` while nothing is known. */
  readonly API_BASE_URL: string | null;
  /** `null` while nothing is known. */
  readonly WS_BASE_URL: string | null;
  readonly ENDPOINTS: Readonly<Record<string, ServiceEndpoint>>;
  readonly SERVICES: Readonly<Record<string, ServiceEntry>>;
  /** True only when a backend has answered in this visit; a cached, provided or fallback value leaves it false. */
  readonly discovered: boolean;
}

/** What listeners are called with. */
export interface ConfigServiceEvents {
  /** There is a config: of a backend, else, at the deadline, the fallback. Late listeners are told too. */
  'config-ready': ServiceConfig;
  /** A better or newer config replaced it. */
  'config-updated': ServiceConfig;
  /** Nobody answers, or the backend was lost; the search goes on. `reason` is `code` in words. */
  'discovery-failed': EventDetails['discovery-failed'] & { readonly reason: string };
  /** A service answers elsewhere now. */
  'service-relocated': EventDetails['service-relocated'];
}

/** Options of `createConfigService`: those of `createClient`, with defaults that need no daemon. */
export interface ConfigServiceOptions extends Omit<ClientOptions, 'timeout' | 'wasm'> {
  /** Names the cache and the tabs that share a connection, as `ClientOptions.name`. Default `config-service`. */
  readonly name?: string;
  /** Ports to ask on `localhost`. Default 8000, 8001, 8010, 3001, 8080, 8888; never 5000 or 5001. */
  readonly ports?: readonly number[];
  /** The path that tells a backend without OpenAPI. Default `/health`. */
  readonly health?: string;
  /** Milliseconds until there is a config, whatever happens. Default 1,000. */
  readonly deadline?: number;
}

/** A listener of an event of the application's own, as `emit` calls it. */
export type AnyListener = (...details: never[]) => void;

/** What hand-written config services offer. All functions may be called detached. */
export interface ConfigService {
  /** What is known now. */
  readonly config: ServiceConfig;
  /** The URL of a known endpoint, or of a path below the base, or the base itself; `null` while nothing is known. */
  readonly getApiUrl: (endpoint?: string) => string | null;
  /** The method of a known endpoint, else `GET`. */
  readonly getEndpointMethod: (endpoint: string) => Method;
  /** As `getApiUrl`, with `ws:` or `wss:`, for `NAME_websocket` or a websocket endpoint `NAME`. */
  readonly getWebSocketUrl: (endpoint?: string) => string | null;
  /**
   * Resolves as soon as there is a config, at the latest at the deadline. Rejects only when `timeout` milliseconds
   * (default 30,000) are over before that.
   */
  readonly waitForConfig: (timeout?: number) => Promise<ServiceConfig>;
  /** Looks again now. Resolves as soon as a backend is known, at the latest after another deadline; never rejects. */
  readonly discover: () => Promise<ServiceConfig>;
  /** Calls `listener` for each event of this type. Returns what takes it away again, as `off` does. */
  readonly on: Subscribe;
  /** As `on`, for one event. */
  readonly once: Subscribe;
  /** Takes a listener away. */
  readonly off: (type: string, listener: AnyListener) => void;
  /** Calls the listeners of an event, the application's own or one of these. Returns whether there was one. */
  readonly emit: (type: string, ...details: readonly unknown[]) => boolean;
  /** Forgets what this browser has kept of earlier visits. */
  readonly clearCache: () => void;
  /** The client underneath, for everything that a config service of this kind does not have. */
  readonly client: Client;
  /** Releases every timer, request and listener. */
  readonly close: () => void;
}

/** `on` and `once`. */
export interface Subscribe {
  <K extends keyof ConfigServiceEvents>(type: K, listener: (detail: ConfigServiceEvents[K]) => void): Unsubscribe;
  (type: string, listener: AnyListener): Unsubscribe;
}
