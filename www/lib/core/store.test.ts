import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../types.js';
import { initialSnapshot } from './initial.js';
import { createStore } from './store.js';

const pending = () => initialSnapshot({});
const live = (config: Snapshot['config'] = {}): Snapshot => ({ ...pending(), status: 'live', source: 'live', code: 'live', config });
const nothing = () => undefined;
const microtasks = () => new Promise((resolve) => setTimeout(resolve));

afterEach(() => void vi.unstubAllGlobals());

describe('a store', () => {
  it('keeps the identity of its snapshot until the content changes', () => {
    const store = createStore(pending(), nothing);
    store.publish(live({ a: 1 }));
    const before = store.snapshot();
    const told = vi.fn();
    store.subscribe(told);
    store.publish(live({ a: 1 }));
    expect(store.snapshot()).toBe(before);
    expect(told).not.toHaveBeenCalled();
    store.publish(live({ a: 2 }));
    expect(told).toHaveBeenCalledOnce();
  });

  it('resolves ready once, with the snapshot it settled on', async () => {
    const store = createStore(pending(), nothing);
    store.publish(live({ a: 1 }));
    const settled = store.snapshot();
    store.publish(live({ a: 2 }));
    expect(await store.ready()).toBe(settled);
  });

  it('is ready at once with a snapshot that is not pending', async () => {
    const store = createStore(live(), nothing);
    expect(await store.ready()).toBe(store.snapshot());
  });

  it('tells config-ready to those who come in time and to those who come late, each once', async () => {
    const store = createStore(pending(), nothing);
    const [early, late] = [vi.fn(), vi.fn()];
    store.on('config-ready', early);
    store.publish(live(), [{ type: 'config-ready', detail: {} }]);
    store.on('config-ready', late);
    await microtasks();
    expect(early).toHaveBeenCalledOnce();
    expect(late).toHaveBeenCalledOnce();
    expect(late).toHaveBeenCalledWith({ type: 'config-ready', detail: {}, snapshot: store.snapshot() });
  });

  it('does not tell a late listener that has left before it could be told', async () => {
    const store = createStore(live(), nothing);
    const late = vi.fn();
    store.on('config-ready', late)();
    await microtasks();
    expect(late).not.toHaveBeenCalled();
  });

  it('turns a config-ready that comes after settling into config-updated, unless nothing is new', () => {
    const store = createStore(live({ a: 1 }), nothing);
    const updated = vi.fn();
    store.on('config-updated', updated);
    store.publish(live({ a: 1 }), [{ type: 'config-ready', detail: {} }]);
    expect(updated).not.toHaveBeenCalled();
    store.publish({ ...live({ a: 1 }), code: 'other', reason: 'in other words' }, [{ type: 'config-ready', detail: {} }]);
    expect(updated).not.toHaveBeenCalled();
    store.publish(live({ a: 2 }), [{ type: 'config-ready', detail: {} }]);
    expect(updated).toHaveBeenCalledOnce();
  });

  it('shows the new snapshot before it tells anybody', () => {
    const store = createStore(pending(), nothing);
    const seen: unknown[] = [];
    store.subscribe(() => seen.push(store.snapshot().status));
    store.on('config-ready', ({ snapshot }) => seen.push(snapshot.status));
    store.publish(live(), [{ type: 'config-ready', detail: {} }]);
    expect(seen).toEqual(['live', 'live']);
  });

  it('reports a listener that throws, and tells the others', async () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(nothing);
    const store = createStore(pending(), nothing);
    const [before, after] = [vi.fn(), vi.fn()];
    store.subscribe(before);
    store.subscribe(() => {
      throw new Error('mine');
    });
    store.subscribe(after);
    store.publish(live());
    expect(before).toHaveBeenCalledOnce();
    expect(after).toHaveBeenCalledOnce();
    expect(reported).not.toHaveBeenCalled();
    await microtasks();
    expect(reported).toHaveBeenCalledExactlyOnceWith(new Error('mine'));
  });

  it('may be left from inside a call: by oneself, and by those whose turn is still to come', () => {
    const store = createStore(pending(), nothing);
    const told: string[] = [];
    const leaveFirst = store.subscribe(() => {
      told.push('first');
      leaveFirst();
      leaveSecond();
    });
    const leaveSecond = store.subscribe(() => told.push('second'));
    store.subscribe(() => told.push('third'));
    store.publish(live({ a: 1 }));
    store.publish(live({ a: 2 }));
    expect(told).toEqual(['first', 'third', 'third']);
  });

  it('does not tell a listener of the change during which it came', () => {
    const store = createStore(pending(), nothing);
    const inner = vi.fn();
    store.subscribe(() => {
      store.subscribe(inner);
    });
    store.publish(live({ a: 1 }));
    expect(inner).not.toHaveBeenCalled();
    store.publish(live({ a: 2 }));
    expect(inner).toHaveBeenCalledOnce();
  });

  it('keeps the order of events when a listener publishes', () => {
    const store = createStore(pending(), nothing);
    const told: string[] = [];
    store.on('config-ready', () => {
      told.push('first hears ready');
      store.publish(live({ a: 2 }), [{ type: 'config-updated', detail: {} }]);
      expect(store.snapshot().config).toEqual({ a: 2 });
    });
    store.on('config-updated', () => told.push('second hears updated'));
    store.on('config-ready', () => told.push('second hears ready'));
    store.publish(live({ a: 1 }));
    expect(told).toEqual(['first hears ready', 'second hears ready', 'second hears updated']);
  });

  it('counts the same function twice when it subscribed twice', () => {
    const store = createStore(pending(), nothing);
    const told = vi.fn();
    const leave = store.subscribe(told);
    store.subscribe(told);
    leave();
    leave();
    store.publish(live());
    expect(told).toHaveBeenCalledOnce();
  });

  it('is silent after it was closed from inside a call', () => {
    const store = createStore(pending(), nothing);
    const after = vi.fn();
    store.subscribe(() => {
      store.close();
    });
    store.subscribe(after);
    store.publish(live());
    expect(after).not.toHaveBeenCalled();
  });

  it('marks settling and the first time live, once each', () => {
    const mark = vi.fn();
    const store = createStore(pending(), mark);
    store.publish({ ...pending(), status: 'fallback' });
    store.publish(live());
    store.publish({ ...pending(), status: 'stale' });
    store.publish(live());
    expect(mark.mock.calls).toEqual([['settle'], ['live']]);
  });
});
