/** Waiting that ends when nobody waits any more. */

/** Settles as `work` does, but rejects with the signal's reason as soon as it is aborted. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => { reject(signal.reason as Error); };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const end = () => { signal.removeEventListener('abort', abort); };
    work.then(resolve, reject).finally(end);
  });
}

/** Resolves after `ms`, or as soon as `change` calls back; rejects when the signal is aborted. */
export async function rest(ms: number, signal: AbortSignal, change: (wake: () => void) => () => void): Promise<void> {
  let undo: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await orAborted(new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      undo = change(resolve);
    }), signal);
  } finally {
    clearTimeout(timer);
    undo?.();
  }
}
