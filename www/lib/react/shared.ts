/**
 * One client per options object, however often React renders, mounts, unmounts and mounts again.
 *
 * React may render a tree and never commit it, and StrictMode mounts everything twice, so a client can be owned
 * neither by a render nor by one effect. It is owned by the options object, counted by mounted providers, and
 * closed when none has held it for a moment.
 */
import { createClient } from '../index.js';
import type { Client, ClientOptions } from '../types.js';

/** How long a client that was rendered may wait for its provider to be mounted. */
const UNMOUNTED_FOR = 10_000;

interface Shared {
  readonly client: Client;
  holders: number;
  timer?: ReturnType<typeof setTimeout>;
}

const shared = new WeakMap<ClientOptions, Shared>();

/** The client of these options; closed by itself unless a provider comes to hold it. */
export function clientOf(options: ClientOptions): Client {
  return find(options).client;
}

/** Keeps the client of these options open until the returned function is called. */
export function hold(options: ClientOptions): () => void {
  const entry = find(options);
  entry.holders++;
  return () => {
    entry.holders--;
    closeUnlessHeld(options, entry, 0);
  };
}

function find(options: ClientOptions): Shared {
  let entry = shared.get(options);
  if (!entry) {
    const isServer = typeof document === 'undefined';
    entry = { client: createClient(isServer ? atRest(options) : options), holders: 0 };
    shared.set(options, entry);
    if (!isServer) closeUnlessHeld(options, entry, UNMOUNTED_FOR);
  }
  return entry;
}

/** A server renders what the options give: a client without candidates starts nothing. */
function atRest(options: ClientOptions): ClientOptions {
  return { ...options, candidates: [], devtools: false };
}

function closeUnlessHeld(options: ClientOptions, entry: Shared, delay: number): void {
  clearTimeout(entry.timer);
  entry.timer = setTimeout(() => {
    if (entry.holders) return;
    shared.delete(options);
    entry.client.close();
  }, delay);
}
