/**
 * The last known good value, read synchronously before the engine has arrived. The engine writes it
 * (`src/effects/storage.rs`); anybody who can run script on this origin could have written it, so it is
 * checked like anything from outside. What does not hold is passed over here; the engine reads it too, says so
 * and removes it.
 */
import type { Snapshot } from '../types.js';
import { reasonOf } from './initial.js';

/** A value older than this says nothing about today's backend. */
const MAX_AGE = 7 * 86_400_000;
/** No snapshot that was kept is longer. */
const MAX_LENGTH = 4 << 20;

/** Reads and checks `landfall:<name>`; `like` is a snapshot that shows the shape. */
export function readCache(name: string, like: Snapshot): Snapshot | undefined {
  try {
    // What throws takes a page some milliseconds, and nothing is kept on its first visit.
    const text = localStorage.getItem(`landfall:${name}`) ?? '{}';
    const { v, t, s } = JSON.parse(text) as { v: unknown; t: number; s: Snapshot };
    const age = Date.now() - t;
    // What is kept has no words for its reason.
    const snapshot: Snapshot = { ...s, source: 'cache', ...reasonOf('cached', 'cached') };
    if (v === 1 && age >= 0 && age < MAX_AGE && text.length <= MAX_LENGTH && isSnapshot(snapshot, like)) return snapshot;
  } catch {
    // Nothing is kept, or nothing of our shape; or storage is barred here (privacy settings, sandbox, server).
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
    && value.endpoints.every(({ name, path, methods, operations }) =>
      isText(name) && isText(path) && isObject(methods) && isObject(operations))
    && Object.values(value.names).every((entry) =>
      'choices' in entry ? Array.isArray(entry.choices) : isObject(value.endpoints[entry.endpoint]))
    && Object.values(value.services).every(({ name, url, instances }) =>
      isText(name) && isHttp(url) && Array.isArray(instances));
}
