/**
 * The last known good value, read synchronously before the engine has arrived. The engine writes it
 * (`src/effects/storage.rs`); anybody who can run script on this origin could have written it, so it is
 * checked like anything from outside, and dropped when it does not hold.
 */
import type { Snapshot } from '../types.js';
import type { Cached } from './boundary.js';
import { reasonOf } from './initial.js';

/** A value older than this says nothing about today's backend. */
const MAX_AGE = 7 * 86_400_000;

/** Reads and checks `landfall:<name>`; `like` is a snapshot that shows the shape. */
export function readCache(name: string, like: Snapshot): Cached | undefined {
  const key = `landfall:${name}`;
  try {
    const text = localStorage.getItem(key);
    if (!text) return undefined;
    try {
      const { v, t, s } = JSON.parse(text) as { v: unknown; t: number; s: Snapshot };
      const age = Date.now() - t;
      // What is kept has no words for its reason.
      const snapshot: Snapshot = { ...s, source: 'cache', ...reasonOf('cached', 'cached') };
      if (v === 1 && age >= 0 && age < MAX_AGE && isSnapshot(snapshot, like)) return { age, snapshot };
    } catch {
      // Not JSON, or not our shape: dropped below.
    }
    localStorage.removeItem(key);
  } catch {
    // Storage is barred here (privacy settings, sandbox, server): there is no cache.
  }
  return undefined;
}

/** Whether every member has the type that `like` shows, and what reads rely on is there. */
function isSnapshot(value: Snapshot, like: Snapshot): boolean {
  const isObject = (given: unknown) => !!given && typeof given === 'object';
  const isText = (text: unknown) => typeof text === 'string';
  const isHttp = (url: string | null) => url === null || /^https?:\/\//.test(url);
  return Object.entries(like).every(([key, shown]) => {
      const given: unknown = value[key as keyof Snapshot];
      return shown === null || (!!given && typeof given === typeof shown && Array.isArray(given) === Array.isArray(shown));
    })
    && isHttp(value.baseUrl)
    && /^wss?:\/\//.test(value.wsBaseUrl)
    && value.endpoints.every(({ name, path, protocol, methods, operations }) =>
      isText(name) && isText(path) && isText(protocol) && isObject(methods) && isObject(operations))
    && Object.values(value.names).every((entry) =>
      'choices' in entry ? Array.isArray(entry.choices) : isObject(value.endpoints[entry.endpoint]))
    && Object.values(value.services).every(({ name, url, instances }) =>
      isText(name) && isHttp(url) && Array.isArray(instances));
}
