/**
 * Landfall finds a page's backend and keeps its runtime config true. This entry carries the engine inside a
 * lazily loaded chunk, so that it works in every bundler and runtime without further set-up.
 *
 * @example
 * const client = createClient({ endpoints: [{ name: 'items', path: '/items/{id}' }] });
 * await client.ready();
 * await fetch(client.url('items', { id: 7 }));
 */
import { createClientWith } from './core/client.js';
import type { Client, ClientOptions } from './types.js';

export type * from './types.js';

/** Starts looking for the backend. Never throws for what it may find there; see `Client.ready`. */
export function createClient(options?: ClientOptions): Client {
  return createClientWith(async (...args) => (await import('./core/inlined.js')).startInlined(...args), options);
}
