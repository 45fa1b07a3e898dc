/** Events by name, as Node's EventEmitter has them; a listener that throws harms nobody else. */
import { report } from '../core/store.js';
import type { Unsubscribe } from '../types.js';
import type { AnyListener } from './types.js';

interface Entry {
  readonly type: string;
  readonly listener: AnyListener;
  readonly isOnce: boolean;
}

/** Creates an emitter; `replay` gives what a listener that comes late is told of an event, if anything. */
export function createEmitter(replay: (type: string) => readonly unknown[] | undefined) {
  const entries = new Set<Entry>();

  const call = (entry: Entry, details: readonly unknown[]) => {
    if (!entries.has(entry)) return;
    if (entry.isOnce) entries.delete(entry);
    try {
      entry.listener(...(details as never[]));
    } catch (error) {
      report(error);
    }
  };

  const add = (isOnce: boolean) => (type: string, listener: AnyListener): Unsubscribe => {
    const entry = { type, listener, isOnce };
    entries.add(entry);
    const told = replay(type);
    if (told) queueMicrotask(() => { call(entry, told); });
    return () => void entries.delete(entry);
  };

  return {
    on: add(false),
    once: add(true),
    off: (type: string, listener: AnyListener) => {
      const latest = [...entries].reverse().find((it) => it.type === type && it.listener === listener);
      if (latest) entries.delete(latest);
    },
    emit: (type: string, ...details: readonly unknown[]): boolean => {
      const listening = [...entries].filter((it) => it.type === type);
      for (const entry of listening) call(entry, details);
      return listening.length > 0;
    },
    clear: () => { entries.clear(); },
  };
}
