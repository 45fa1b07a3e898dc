// The builds that running and testing need, in the order in which one takes from the other.
import { script } from './run.mjs';

/** The engine, the npm package around it, the dashboard that uses the package, the daemon that embeds the dashboard. */
export async function buildAll() {
  for (const name of ['wasm', 'lib', 'dashboard', 'daemon']) await script(name);
}
