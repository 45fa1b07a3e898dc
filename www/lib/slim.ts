/**
 * As the default entry, with the engine's `.wasm` left a file: fewer bytes where the bundler or server knows
 * how to deliver it (webpack 5, Vite's build, a plain server). Elsewhere hand it over as `options.wasm`.
 */
import { createClientWith } from './core/client.js';
import type { Client, ClientOptions } from './types.js';

export type * from './types.js';

/** Starts looking for the backend. Never throws for what it may find there; see `Client.ready`. */
export function createClient(options?: ClientOptions): Client {
  return createClientWith(async (...args) => {
    const { startLinked } = await import('./core/linked.js');
    return startLinked(options?.wasm ?? new URL('./landfall.wasm', import.meta.url), ...args);
  }, options);
}
