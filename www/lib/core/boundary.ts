/** What crosses between the facade and the WebAssembly engine; the Rust side is `src/lib.rs` and `src/convert.rs`. */
import type { ClientOptions, EventDetails, EventType, Fallback, Protocol, Snapshot } from '../types.js';
import type { Locks } from './early-lock.js';

/** A snapshot as the engine publishes it: codes without words. */
export type WireSnapshot = Omit<Snapshot, 'reason'>;

/** An event as the engine reports it. */
export type EngineEvent = { [K in EventType]: { readonly type: K; readonly detail: EventDetails[K] } }[EventType];

/** One publication: the state after the machine was drained, and what happened on the way. */
export interface Change {
  readonly snapshot: WireSnapshot;
  readonly events: readonly EngineEvent[];
}

/** The constructor's options; everything is filled in. */
export interface EngineOptions {
  readonly name: string;
  /** `performance.now()` of `createClient`: the machine's time 0. */
  readonly startedAt: number;
  readonly timeout: number;
  readonly fallback: Required<Fallback>;
  /** The page's own origin. */
  readonly page: string | null;
  readonly ports: readonly number[];
  readonly candidates: readonly string[];
  readonly ownOriginOnly: boolean;
  readonly endpoints: readonly { name: string; path: string; method?: string; protocol?: Protocol }[];
  readonly health: string | null;
  readonly service: string | null;
  readonly expect: { catalog?: string; title?: string };
  /** Whether to keep the last known good value. */
  readonly cache: boolean;
  /** Whether the tabs of this origin and name share one connection. */
  readonly tabs: boolean;
  readonly seed: number;
  /** What to use instead of `navigator.locks`. */
  readonly locks?: Locks | undefined;
}

/** One line of the settlement trace. */
export interface TraceEntry {
  /** Milliseconds since the client was created. */
  readonly at: number;
  readonly kind: string;
  /** The base URL that came to hold. */
  readonly value: string | null;
  readonly source: string | null;
  readonly origin: string | null;
  readonly code: string;
  /** Milliseconds that the value was old. */
  readonly age: number | null;
  /** The sources that raced. */
  readonly raced: readonly string[];
}

/** One request that the engine made. */
export interface RequestRecord {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly purpose: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly ms: number | null;
}

/** The engine as `www/lib/use` sees it; see `src/usage.rs`. */
export interface Routing {
  begin(service: string, method: string, replayable: boolean, retries: number, deadline: number): number;
  route(call: number): { readonly to: string | null; readonly patience: number } | undefined;
  ended(call: number, status: number, retryAfter: number): number;
  report(): { readonly to: string; readonly report: unknown } | undefined;
}

/** The engine as the facade sees it. */
export interface Engine extends Routing {
  start(): void;
  /** Takes JSON text. */
  provide(json: string): void;
  refresh(): void;
  /** Has the browser ask the user for the permission to ask local candidates. */
  requestLocalAccess(): void;
  trace(): readonly TraceEntry[];
  requests(): readonly RequestRecord[];
  close(): void;
}

/** The engine as wasm-bindgen gives it. */
export interface WasmEngine extends Routing, Pick<Engine, 'provide'> {
  /** What the page wants or what has happened to it, by number; `engine.ts` has them. */
  signal(what: number): void;
  /** The trace, or the requests. */
  records(requests: boolean): never;
}

/** Loads and constructs an engine; `publish` adds the words before the facade sees the change. */
export type StartEngine = (
  settings: EngineSettings,
  publish: (snapshot: Snapshot, events: readonly EngineEvent[]) => void,
) => Promise<Engine>;

/** What the facade knows when it asks for an engine; `core/engine.ts` completes it. */
export interface EngineSettings {
  readonly options: ClientOptions;
  readonly initial: Snapshot;
  readonly name: string;
  readonly startedAt: number;
  readonly timeout: number;
  /** Where the page or worker is; `undefined` on a server. */
  readonly page: Location | undefined;
}
