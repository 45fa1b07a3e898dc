/** The engine with its bytes in this chunk, as a string literal: about 2 % more to download than the file itself. */
import { bytes, unpacker } from 'landfall:bytes';
import type { StartEngine } from './boundary.js';
import { lockEarly } from './early-lock.js';
import { startEngine } from './engine.js';
import { unpack } from './unpack.js';

/** Starts an engine from the bytes in this chunk. */
export const startInlined: StartEngine = async (settings, publish) => {
  const locks = settings.options.tabs === false ? undefined : lockEarly(settings.name);
  try {
    return await startEngine(() => compile(unpack(bytes, unpacker)), settings, publish, locks);
  } catch (error) {
    locks?.drop();
    throw error;
  }
};

/**
 * Here and now: engines compile a function when it is first called, so what is left is to check the module, which takes
 * less time than to have it done elsewhere and to hear of it. Where a page may not (older Chromium), it is done elsewhere.
 */
function compile(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Module | Promise<WebAssembly.Module> {
  try {
    return new WebAssembly.Module(wasm);
  } catch {
    return WebAssembly.compile(wasm);
  }
}
