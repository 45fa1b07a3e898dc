/**
 * Structural sharing: what did not change keeps its identity, and everything is frozen.
 *
 * So `Object.is` answers "did this change?" for the snapshot and for each part of it, which is what
 * `useSyncExternalStore` and memoised components ask.
 */

/**
 * Returns `before` when `next` equals it, else `next` with its unchanged parts taken from `before`,
 * deeply frozen. `next` is JSON-like: no cycles, no accessors.
 */
export function share<T>(before: unknown, next: T): T {
  if (before === next || !isObject(next)) return next;
  const old = isObject(before) && Array.isArray(before) === Array.isArray(next) ? before : undefined;
  const keys = Object.keys(next);
  let same = !!old && Object.keys(old).length === keys.length;
  for (const key of keys) {
    const had = old && Object.hasOwn(old, key);
    const value = share(had ? old[key] : undefined, next[key]);
    same &&= !!had && value === old[key];
    // What the engine publishes again is frozen already, and stays as it is.
    if (value !== next[key] && !Object.isFrozen(next)) (next as Record<string, unknown>)[key] = value;
  }
  return same ? (old as T) : Object.freeze(next);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
