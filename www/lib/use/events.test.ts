import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Handle } from '../core/handle.js';
import { initialSnapshot } from '../core/initial.js';
import type { Shared } from './context.js';
import { openEvents } from './events.js';
import type { Place } from './place.js';

/** What the browser would have opened. */
const opened: { url: string; withCredentials: boolean; closed: boolean }[] = [];

class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  readonly entry: (typeof opened)[number];
  onopen: (() => void) | undefined;
  readyState = 0;

  constructor(url: string, { withCredentials }: { withCredentials: boolean }) {
    super();
    this.entry = { url, withCredentials, closed: false };
    opened.push(this.entry);
    queueMicrotask(() => this.onopen?.());
  }

  close() {
    this.entry.closed = true;
  }
}

beforeEach(() => {
  opened.length = 0;
  vi.stubGlobal('EventSource', FakeEventSource);
});
afterEach(() => { vi.unstubAllGlobals(); });

it('credentials do not follow a stream to where they may not go', async () => {
  let [url, change] = ['https://api.example/ticks', () => undefined as unknown];
  const snapshot = initialSnapshot({});
  const shared = {
    options: { use: { credentials: ['https://api.example'] } },
    page: undefined,
    snapshot: () => snapshot,
    subscribe: (listener: () => void) => {
      change = listener;
      return () => undefined;
    },
    note: () => undefined,
  } as unknown as Shared;
  const place = { name: 'ticks', url: () => url, ended: () => 0 } as unknown as Place;
  for (const [withCredentials, follows] of [[true, false], [false, true]] as const) {
    opened.length = 0;
    url = 'https://api.example/ticks';
    const handle = new Handle();
    const codes: unknown[] = [];
    handle.on('error', ({ error }: { error: { code: string } }) => codes.push(error.code));
    const connection = openEvents(shared, place, { withCredentials }, () => undefined);
    connection.add(handle);
    connection.start();
    await Promise.resolve();
    expect(handle.state).toBe('open');
    url = 'https://elsewhere.example/ticks';
    change();
    await Promise.resolve();
    expect(opened.map((it) => it.url)).toEqual(['https://api.example/ticks', ...(follows ? [url] : [])]);
    expect([handle.state, opened[0]?.closed]).toEqual([follows ? 'open' : 'closed', true]);
    expect(codes).toEqual(follows ? [] : ['credentials']);
    connection.remove(handle);
  }
});
