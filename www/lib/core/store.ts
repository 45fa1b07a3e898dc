/**
 * The read model: the last snapshot, and whoever wants to hear of the next one.
 *
 * Three rules hold here. Who subscribes late to a replayable event is told at once. A listener that
 * throws harms nobody else. A listener may subscribe, unsubscribe, publish or close from inside a call.
 */
import type { EventType, Events, Snapshot, Unsubscribe } from '../types.js';
import type { EngineEvent } from './boundary.js';
import { share } from './share.js';

/** What `createStore` returns. */
export type Store = ReturnType<typeof createStore>;

type Listener = (event?: unknown) => void;
type Entry = { readonly type: string; readonly listener: Listener };
type Telling = readonly [type: string, event?: unknown];

/** What a page reads, beside how it came to be known. */
const VALUE = ['source', 'baseUrl', 'wsBaseUrl', 'config', 'services', 'endpoints', 'names'] as const;

const isUpdate = (before: Snapshot, after: Snapshot) => VALUE.some((key) => before[key] !== after[key]);

/** As an uncaught error would be; a server has the console only. */
export function report(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  (reportError ?? console.error)(error);
}

/** Creates a store that holds `first`; `mark` is called with `settle` and `live`, once each. */
export function createStore(first: Snapshot, mark: (name: string) => void) {
  let snapshot = share(undefined, first);
  let wasLive = false;
  let telling = false;
  const entries = new Set<Entry>();
  const queue: Telling[] = [];
  let resolve: (snapshot: Snapshot) => void;
  const ready = new Promise<Snapshot>((settle) => (resolve = settle));

  const isPending = () => snapshot.status === 'pending';
  const eventOf = (type: string, detail: unknown = {}) => ({ type, detail, snapshot });
  const say = (type: EventType, detail?: unknown) => queue.push([type, eventOf(type, detail)]);

  const call = (entry: Entry, event: unknown) => {
    if (!entries.has(entry)) return;
    try {
      entry.listener(event);
    } catch (error) {
      // In a task of its own, so that a handler of errors cannot break the round either.
      queueMicrotask(() => {
        report(error);
      });
    }
  };

  const tell = () => {
    if (telling) return;
    telling = true;
    for (let next; (next = queue.shift()); ) {
      for (const entry of [...entries]) if (entry.type === next[0]) call(entry, next[1]);
    }
    telling = false;
  };

  const add = (type: string, listener: Listener): Unsubscribe => {
    const entry = { type, listener };
    entries.add(entry);
    if (type === 'config-ready' && !isPending()) {
      const event = eventOf(type);
      queueMicrotask(() => call(entry, event));
    }
    return () => void entries.delete(entry);
  };

  /** Marks and resolves when the client has just settled or gone live. */
  const note = () => {
    if (!isPending()) {
      mark('settle');
      resolve(snapshot);
    }
  };

  const publish = (next: Snapshot, events: readonly EngineEvent[] = []) => {
    const before = snapshot;
    snapshot = share(before, next);
    if (snapshot !== before) queue.push(['']);
    if (before.status === 'pending') {
      note();
      if (!isPending()) say('config-ready');
    }
    if (snapshot.status === 'live' && !wasLive) {
      wasLive = true;
      mark('live');
    }
    for (const { type, detail } of events) {
      if (type !== 'config-ready') say(type, detail);
      // The facade had settled before the engine could: for the page this is an update.
      else if (before.status !== 'pending' && isUpdate(before, snapshot)) say('config-updated');
    }
    tell();
  };

  note();
  return {
    snapshot: () => snapshot,
    ready: () => ready,
    isPending,
    publish,
    subscribe: (listener: () => void) => add('', listener),
    on: <K extends EventType>(type: K, listener: (event: Events[K]) => void) => add(type, listener as Listener),
    close: () => entries.clear(),
  };
}
