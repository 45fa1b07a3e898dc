import { afterEach, describe, expect, it, vi } from 'vitest';
import { lockEarly } from './early-lock.js';

type Granted = (lock: Lock | null) => unknown;

/** A browser's locks that grants each request when it is told to, and notes what was asked. */
function browserLocks() {
  const asked: { name: string; options: LockOptions; grant: (lock: Lock | null) => Promise<unknown>; refuse: (why: Error) => void }[] = [];
  const request = (name: string, options: LockOptions, granted: Granted) => new Promise((resolve, refuse) => {
    asked.push({ name, options, refuse, grant: (lock) => {
      const held = Promise.resolve(granted(lock));
      resolve(held);
      return held;
    } });
  });
  vi.stubGlobal('navigator', { locks: { request } });
  return asked;
}

const lock = { name: 'landfall:shop', mode: 'exclusive' } as Lock;

afterEach(() => void vi.unstubAllGlobals());

describe('the early lock', () => {
  it.each([['held', lock], ['led by another tab', null]])('is handed on to the first request when it is %s', async (_, got) => {
    const asked = browserLocks();
    const locks = lockEarly('shop');
    expect(asked).toMatchObject([{ name: 'landfall:shop', options: { ifAvailable: true } }]);
    const held = asked[0]?.grant(got);
    const granted = vi.fn(() => 'until now');
    const outcome = locks?.request('landfall:shop', { ifAvailable: true }, granted);
    await expect(outcome).resolves.toBe('until now');
    await held;
    expect(granted).toHaveBeenCalledExactlyOnceWith(got);
    expect(asked).toHaveLength(1);
  });

  it('is granted after the first request as well as before', async () => {
    const asked = browserLocks();
    const granted = vi.fn();
    const outcome = lockEarly('shop')?.request('landfall:shop', { ifAvailable: true }, granted);
    expect(granted).not.toHaveBeenCalled();
    await asked[0]?.grant(lock);
    await outcome;
    expect(granted).toHaveBeenCalledExactlyOnceWith(lock);
  });

  it('is one request only: the next ones are asked for when they are made', () => {
    const asked = browserLocks();
    const locks = lockEarly('shop');
    void locks?.request('landfall:shop', { ifAvailable: true }, () => undefined);
    void locks?.request('landfall:shop', { steal: true }, () => undefined);
    expect(asked.map(({ options }) => options)).toEqual([{ ifAvailable: true }, { steal: true }]);
  });

  it.each([['before', true], ['after', false]])('is let go when there is no engine to hold it, told so %s it was granted', async (_, early) => {
    const asked = browserLocks();
    const locks = lockEarly('shop');
    if (early) locks?.drop();
    const held = asked[0]?.grant(lock);
    if (!early) locks?.drop();
    await expect(held).resolves.toBeUndefined();
  });

  it('stays with the engine that has taken it', async () => {
    const asked = browserLocks();
    const locks = lockEarly('shop');
    let release: (value: string) => void = () => undefined;
    void locks?.request('landfall:shop', { ifAvailable: true }, () => new Promise((resolve) => (release = resolve)));
    const held = asked[0]?.grant(lock);
    await Promise.resolve();
    locks?.drop();
    await Promise.resolve();
    release('by the engine');
    await expect(held).resolves.toBe('by the engine');
  });

  it('tells the engine of a refusal', async () => {
    const asked = browserLocks();
    const locks = lockEarly('shop');
    asked[0]?.refuse(new Error('denied'));
    await expect(locks?.request('landfall:shop', { ifAvailable: true }, () => undefined)).rejects.toThrow('denied');
  });

  it('is not asked for where there are no locks', () => {
    vi.stubGlobal('navigator', {});
    expect(lockEarly('shop')).toBeUndefined();
    vi.stubGlobal('navigator', undefined);
    expect(lockEarly('shop')).toBeUndefined();
  });
});
