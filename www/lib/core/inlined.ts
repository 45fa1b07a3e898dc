/** The engine with its bytes in this chunk, as a binary string: about 1 % more to download than the file itself. */
import { bytes } from 'landfall:bytes';
import type { StartEngine } from './boundary.js';
import { startEngine } from './engine.js';

/** Starts an engine from the bytes in this chunk. */
export const startInlined: StartEngine = (settings, publish) =>
  startEngine(() => WebAssembly.compile(decode(bytes)), settings, publish);

function decode(text: string): Uint8Array<ArrayBuffer> {
  const array = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) array[at] = text.charCodeAt(at);
  return array;
}
