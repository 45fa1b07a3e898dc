/**
 * `window.__LANDFALL__`: what a developer types at the console to learn why the page talks to what it talks to.
 * Loaded lazily, and only where the option or a development build asks for it.
 */
import { reasonInWords } from '../core/words.js';
import type { Engine, RequestRecord, TraceEntry } from '../core/boundary.js';
import type { Snapshot } from '../types.js';
import { endpointRows, type EndpointRow } from './rows.js';

/** A client as the DevTools see it. */
export interface Inspected {
  readonly name: string;
  readonly snapshot: () => Snapshot;
  readonly engine: () => Engine | undefined;
}

/** A line of the trace with its reason in words. */
export interface ToldEntry extends TraceEntry {
  readonly reason: string;
}

/** What `window.__LANDFALL__` offers. Every function takes the client's name where there are several. */
export interface DevTools {
  /** The names of the clients of this page. */
  clients(): string[];
  snapshot(client?: string): Snapshot;
  /** Prints the endpoints with methods and evidence as a table, and returns its rows. */
  endpoints(client?: string): EndpointRow[];
  /** What raced, what won and why, oldest first. */
  trace(client?: string): ToldEntry[];
  /** The audit: every request that the engine made, oldest first. */
  requests(client?: string): RequestRecord[];
}

declare global {
  // A property of the global object is declared with var.
  var __LANDFALL__: DevTools | undefined;
}

const inspected = new Map<string, Inspected>();

/** Lists a client; returns what takes it off the list again. */
export function install(client: Inspected): () => void {
  let key = client.name;
  for (let count = 2; inspected.has(key); count++) key = `${client.name}#${count}`;
  inspected.set(key, client);
  globalThis.__LANDFALL__ ??= devtools;
  return () => {
    inspected.delete(key);
    if (!inspected.size) globalThis.__LANDFALL__ = undefined;
  };
}

function find(name?: string): Inspected {
  const [only] = inspected.values();
  const client = name === undefined && inspected.size === 1 ? only : inspected.get(name ?? '');
  if (!client) {
    const names = [...inspected.keys()].join(', ');
    throw new Error(`landfall: ${name === undefined ? 'which client?' : `no client '${name}';`} There are: ${names}`);
  }
  return client;
}

const devtools: DevTools = {
  clients: () => [...inspected.keys()],
  snapshot: (name) => find(name).snapshot(),
  endpoints: (name) => {
    const rows = endpointRows(find(name).snapshot());
    console.table(rows);
    return rows;
  },
  trace: (name) =>
    (find(name).engine()?.trace() ?? []).map((entry) => ({
      ...entry,
      reason: reasonInWords({ code: entry.code, subject: entry.origin }),
    })),
  requests: (name) => [...(find(name).engine()?.requests() ?? [])],
};
