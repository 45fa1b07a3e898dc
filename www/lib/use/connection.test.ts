import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Handle } from '../core/handle.js';
import { Connection, type Carrier, type Reports } from './connection.js';
import type { Shared } from './context.js';
import type { Place } from './place.js';
import { ABANDONED, UNREACHABLE } from './plan.js';

/** A connection over carriers that do what the test says, at a place that the test chooses. */
function setUp() {
  const dialled: { url: string; reports: Reports; closed: boolean }[] = [];
  const told: number[] = [];
  let listener: () => void = () => undefined;
  const it = {
    dialled,
    /** The statuses that the place was told. */
    told,
    url: 'ws://one',
    pause: 500,
    over: 0,
    change: (url: string) => {
      it.url = url;
      listener();
    },
    last: () => {
      const { reports } = dialled.at(-1) ?? {};
      if (!reports) throw new Error('nothing was dialled');
      return reports;
    },
  };
  const shared = {
    subscribe: (given: () => void) => {
      listener = given;
      return () => (listener = () => undefined);
    },
    note: () => undefined,
  } as unknown as Shared;
  const place = { url: () => it.url, ended: (status: number) => (told.push(status), it.pause) } as unknown as Place;
  const dial = (url: string, reports: Reports): Carrier => {
    const entry = { url, reports, closed: false };
    dialled.push(entry);
    return { close: () => void (entry.closed = true) };
  };
  const connection = new Connection(shared, place, { dial }, () => { it.over++; });
  const user = () => {
    const handle = new Handle();
    const events: string[] = [];
    for (const type of ['open', 'message', 'close', 'error']) handle.on(type, (event: Event & { willReopen?: boolean }) => events.push(type + (event.willReopen ? '…' : '')));
    connection.add(handle);
    return { handle, events };
  };
  return { ...it, it, connection, user };
}

const message = () => new MessageEvent('message', { data: 1 });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a connection', () => {
  it('is opened again after the pause that it is told, and its users hear of it', async () => {
    const { it: given, connection, user } = setUp();
    const { handle, events } = user();
    connection.start();
    expect(handle.state).toBe('connecting');
    given.last().opened();
    given.last().broken({ code: 1006 });
    expect(handle.state).toBe('connecting');
    await vi.advanceTimersByTimeAsync(499);
    expect(given.dialled).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    given.last().opened();
    expect(events).toEqual(['open', 'close…', 'open']);
    expect(given.told).toEqual([200, UNREACHABLE, 200]);
    connection.remove(handle);
  });

  it('moves: the new one is opened first, and the old one goes on until then', () => {
    const { it: given, connection, user } = setUp();
    const { handle, events } = user();
    connection.start();
    given.last().opened();
    given.change('ws://two');
    const [old, next] = given.dialled;
    expect([old?.closed, next?.url, handle.state]).toEqual([false, 'ws://two', 'open']);
    old?.reports.told(message);
    next?.reports.told(message);
    expect(events).toEqual(['open', 'message']);
    next?.reports.opened();
    expect(old?.closed).toBe(true);
    old?.reports.told(message);
    old?.reports.broken({});
    next?.reports.told(message);
    expect(events).toEqual(['open', 'message', 'open', 'message']);
    connection.remove(handle);
  });

  it('stays where it is while the new place lets nobody in, and does not dial twice for one place', async () => {
    const { it: given, connection, user } = setUp();
    const { handle, events } = user();
    connection.start();
    given.last().opened();
    given.change('ws://two');
    given.change('ws://two');
    expect(given.dialled).toHaveLength(2);
    given.last().broken({ code: 1006 });
    expect([handle.state, events]).toEqual(['open', ['open']]);
    given.change('ws://one');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(given.dialled).toHaveLength(2);
    connection.remove(handle);
  });

  it('that waits for its pause goes at once where its service has moved, and not for any other change', async () => {
    const { it: given, connection, user } = setUp();
    const { handle } = user();
    given.pause = 60_000;
    connection.start();
    given.last().broken({ code: 1006 });
    given.change('ws://one');
    expect(given.dialled).toHaveLength(1);
    given.change('ws://two');
    expect(given.dialled.map(({ url }) => url)).toEqual(['ws://one', 'ws://two']);
    given.last().opened();
    await vi.advanceTimersByTimeAsync(100_000);
    expect([given.dialled.length, handle.state]).toEqual([2, 'open']);
    connection.remove(handle);
  });

  it('that the server ends on purpose is over for everybody, once', () => {
    const { it: given, connection, user } = setUp();
    const [one, two] = [user(), user()];
    connection.start();
    given.last().opened();
    given.last().broken({ code: 4000, last: true });
    for (const { handle, events } of [one, two]) expect([handle.state, events]).toEqual(['closed', ['open', 'close']]);
    connection.close();
    given.change('ws://two');
    expect([given.over, given.dialled.length]).toEqual([1, 1]);
  });

  it('lives as long as somebody uses it', () => {
    const { it: given, connection, user } = setUp();
    const one = user();
    connection.start();
    given.last().opened();
    const two = user();
    expect([two.handle.state, two.events]).toEqual(['open', ['open']]);
    connection.remove(one.handle);
    connection.remove(one.handle);
    expect([one.handle.state, given.dialled[0]?.closed]).toEqual(['closed', false]);
    connection.remove(two.handle);
    expect([given.dialled[0]?.closed, given.over, given.told.at(-1)]).toEqual([true, 1, ABANDONED]);
    expect([...one.events, ...two.events]).toEqual(['open', 'open']);
  });

  it('whose carrier comes back by itself is left to it, unless there is a better place', () => {
    const { it: given, connection, user } = setUp();
    const { handle, events } = user();
    connection.start();
    given.last().opened();
    given.last().broken({ holds: true });
    expect([handle.state, given.dialled.length]).toEqual(['connecting', 1]);
    given.last().opened();
    expect(events).toEqual(['open', 'close…', 'open']);
    given.url = 'ws://two';
    given.last().broken({ holds: true });
    expect(given.dialled.map(({ url, closed }) => [url, closed])).toEqual([['ws://one', false], ['ws://two', false]]);
    given.last().opened();
    expect(given.dialled[0]?.closed).toBe(true);
    connection.remove(handle);
  });

  it('that the browser refuses to dial says why', () => {
    const handle = new Handle();
    const error = vi.fn();
    handle.on('error', error);
    const shared = { subscribe: () => () => undefined, note: () => undefined } as unknown as Shared;
    const place = { url: () => 'x', ended: () => -1 } as unknown as Place;
    const refuse = () => {
      throw new DOMException('mixed content', 'SecurityError');
    };
    const connection = new Connection(shared, place, { dial: refuse }, () => undefined);
    connection.add(handle);
    connection.start();
    expect(handle.state).toBe('closed');
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ error: expect.objectContaining({ message: 'mixed content' }) as unknown }));
  });
});
