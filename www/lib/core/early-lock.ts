/**
 * The lock of the tabs, asked for while the engine is being made: the browser's answer takes about as long.
 *
 * What is granted early is handed on to the engine's own first request. Only where the engine is sure to be there in a moment: a tab
 * that held the lock and had no engine would keep the others waiting.
 */

type Granted = (lock: Lock | null) => unknown;

/** What the engine uses of `navigator.locks`. */
export interface Locks {
  readonly request: (name: string, options: LockOptions, granted: Granted) => Promise<unknown>;
  /** Lets go of what the engine has not taken. */
  readonly drop: () => void;
}

/** Asks for the lock of the client `name` as the engine will, now or not at all; `undefined` where the browser has no locks. */
export function lockEarly(name: string): Locks | undefined {
  const { locks } = (globalThis as { navigator?: { locks?: LockManager } }).navigator ?? {};
  if (!locks) return undefined;
  let take: (granted: Granted) => void = () => undefined;
  const taken = new Promise<Granted>((resolve) => (take = resolve));
  const early = locks.request(`landfall:${name}`, { ifAvailable: true }, async (lock) => (await taken)(lock));
  // Why it was refused is told to the engine; until then it is nobody's.
  early.catch(() => undefined);
  let isFirst = true;
  return {
    request(...args) {
      if (!isFirst) return locks.request(...args);
      isFirst = false;
      take(args[2]);
      return early;
    },
    drop: () => { take(() => undefined); },
  };
}
