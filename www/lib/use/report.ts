/** Tells the daemon how requests ended, in batches: it may look sooner, and decides by itself. */
import type { Engine } from '../core/boundary.js';

/** Before the first report after a while: what fails together is told together. */
const GATHER = 100;
/** Between two reports. */
const PAUSE = 1_000;

/** Reports what the engine has gathered, soon after `note()` was called. */
export function createReporter(engine: () => Engine | undefined) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sentAt = -PAUSE;

  const send = () => {
    timer = undefined;
    const told = engine()?.report();
    if (!told) return;
    sentAt = performance.now();
    // Text, so that no preflight is needed; and nobody waits for the answer, or would do anything about it.
    void fetch(told.to, { method: 'POST', body: JSON.stringify(told.report), keepalive: true, credentials: 'omit', cache: 'no-store' })
      .catch(() => undefined);
  };

  return {
    note: () => {
      timer ??= setTimeout(send, Math.max(GATHER, sentAt + PAUSE - performance.now()));
    },
    stop: () => { clearTimeout(timer); },
  };
}
