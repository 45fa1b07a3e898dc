/**
 * The page settles by its deadline even when there is no engine to settle it: its chunk did not load, a
 * content security policy bars WebAssembly, or it died. Loading the engine is a failure mode like any other.
 */

/** How long after the deadline a running engine may still settle by itself: its timer is another task. */
const GRACE = 25;

/** Calls `settle` at the deadline, a moment later when an engine is running. Returns the cancel. */
export function startWatchdog(timeout: number, isRunning: () => boolean, settle: () => void): () => void {
  let timer = setTimeout(() => {
    if (isRunning()) timer = setTimeout(settle, GRACE);
    else settle();
  }, timeout);
  return () => clearTimeout(timer);
}
