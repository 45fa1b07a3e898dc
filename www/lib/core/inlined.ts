/** The engine with its bytes in this chunk, as a string literal: about 2 % more to download than the file itself. */
import { bytes } from 'landfall:bytes';
import type { StartEngine } from './boundary.js';
import { startEngine } from './engine.js';
import { unpack } from './unpack.js';

/** Starts an engine from the bytes in this chunk. */
export const startInlined: StartEngine = (settings, publish) =>
  startEngine(() => WebAssembly.compile(unpack(bytes)), settings, publish);
