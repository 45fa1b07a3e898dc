/** Waiting that ends when nobody waits any more. */

/** Aborted as soon as one of `signals` is, with its reason. */
export function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  // Node 20.0 to 20.2 and Safari before 17.4 have no such function.
  if ('any' in AbortSignal) return AbortSignal.any([...signals]);
  const controller = new AbortController();
  for (const it of signals as AbortSignal[]) {
    const abort = () => { controller.abort(it.reason); };
    if (it.aborted) abort();
    else it.addEventListener('abort', abort, { once: true, signal: controller.signal });
  }
  return controller.signal;
}

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
