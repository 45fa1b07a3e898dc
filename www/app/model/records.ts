// What the client keeps for developers: the settlement trace and the audit of its requests. Read through the handle that the package's
// `devtools` option puts on the page, as a developer at the console would.
import { type JsonObject, amount, list, object, text } from './wire';

/** One line of the settlement trace. */
export interface TraceRow {
  /** Milliseconds since the client was created. */
  readonly at: number;
  readonly kind: string;
  readonly source: string | null;
  readonly origin: string | null;
  readonly code: string;
  readonly reason: string | null;
  /** How old the value was, milliseconds. */
  readonly age: number | null;
  /** The sources that raced. */
  readonly raced: readonly string[];
}

/** One request that the client made in order to find something out. */
export interface RequestRow {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly purpose: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly ms: number | null;
}

/** The package's rings hold 256 each. */
const MAX_ROWS = 512;

/** The trace of the client called `name`, newest first; empty while the engine is not loaded. */
export function readTrace(name: string): readonly TraceRow[] {
  return rows('trace', name).map((wire) => ({
    at: amount(wire.at) ?? 0,
    kind: text(wire.kind, 64) ?? '?',
    source: text(wire.source, 64),
    origin: text(wire.origin, 2_048),
    code: text(wire.code, 128) ?? '',
    reason: text(wire.reason, 1_024),
    age: amount(wire.age),
    raced: list(wire.raced, 16).flatMap((source) => text(source, 64) ?? []),
  }));
}

/** The requests of the client called `name`, newest first; empty while the engine is not loaded. */
export function readRequests(name: string): readonly RequestRow[] {
  return rows('requests', name).map((wire) => ({
    at: amount(wire.at) ?? 0,
    method: text(wire.method, 16) ?? '?',
    url: text(wire.url, 4_096) ?? '?',
    purpose: text(wire.purpose, 128) ?? '',
    outcome: text(wire.outcome, 256) ?? '',
    status: amount(wire.status),
    ms: amount(wire.ms),
  }));
}

function rows(kind: 'trace' | 'requests', name: string): readonly JsonObject[] {
  const handle = object(Reflect.get(globalThis, '__LANDFALL__'));
  const read = handle?.[kind];
  if (typeof read !== 'function') return [];
  try {
    const records: unknown = Reflect.apply(read, handle, [name]);
    return list(records, MAX_ROWS).map(object).filter((record) => record !== null).reverse();
  } catch {
    return []; // The handle knows no client of this name any more: it was closed.
  }
}
