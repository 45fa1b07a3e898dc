/** How many requests of a page may be under way, and how many may wait for their turn. */
import { UseError } from './errors.js';

/** Lets `inFlight` pass at once and `queued` more wait, first come, first served. */
export function createGate(inFlight: number, queued: number) {
  let inside = 0;
  const waiting = new Set<() => void>();

  const leave = () => {
    inside--;
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      inside++;
      next();
    }
  };

  /** Resolves with the way out; rejects at once when the queue is full, and when `signal` is aborted. */
  return async function enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (inside < inFlight) {
      inside++;
      return leave;
    }
    if (waiting.size >= queued) {
      throw new UseError('too-many', `${inFlight} requests are under way and ${queued} wait; send fewer, or raise options.use.inFlight or queued`);
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        // The turn may have come in the same moment; then it is not given up but passed on by who was let in.
        if (waiting.delete(enterNow)) reject(signal.reason as Error);
      };
      const enterNow = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      waiting.add(enterNow);
      signal.addEventListener('abort', giveUp, { once: true });
    });
    return leave;
  };
}
