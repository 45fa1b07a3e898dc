// Waits for something to become true. The limit is there so that a test fails instead of hanging; nothing is measured.
import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 30_000;
const STEP_MS = 50;

/**
 * Resolves with the first truthy value of `look`.
 * @template T
 * @param {string | (() => string)} what for the message, e.g. 'the daemon to list the shop'
 * @param {() => T | Promise<T>} look
 * @returns {Promise<T>}
 */
export async function until(what, look) {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await pause(STEP_MS);
  }
}
