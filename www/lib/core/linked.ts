/** The engine from a `.wasm` that is a file of its own, or from whatever the application has of it. */
import type { WasmSource } from '../types.js';
import type { Engine, StartEngine } from './boundary.js';
import { startEngine } from './engine.js';

/** Starts an engine from `source`. */
export const startLinked = (
  source: WasmSource | Promise<WasmSource>,
  ...[settings, publish]: Parameters<StartEngine>
): Promise<Engine> => startEngine(() => compile(source), settings, publish);

async function compile(source: WasmSource | Promise<WasmSource>): Promise<WebAssembly.Module> {
  let given = await source;
  if (typeof given === 'string' || given instanceof URL) given = await fetch(given);
  if (given instanceof WebAssembly.Module) return given;
  if (!(given instanceof Response)) return WebAssembly.compile(given);
  if (!given.ok) throw new Error(`${given.url} answered ${given.status}`);
  // Streaming compilation refuses any other type, and many servers do not know this one.
  return given.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(given)
    : WebAssembly.compile(await given.arrayBuffer());
}
