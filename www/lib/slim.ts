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
    const source = options?.wasm ?? new URL('./landfall.wasm', import.meta.url);
    // The file comes at the same time as the chunk that starts it.
    const wasm = typeof source === 'string' || source instanceof URL ? fetch(source) : Promise.resolve(source);
    // Why it does not come is told by who waits for it; until then it is nobody's.
    wasm.catch(() => undefined);
    const { startLinked } = await import('./core/linked.js');
    return startLinked(wasm, ...args);
  }, options);
}
