// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client, ClientOptions, Snapshot } from '../types.js';
import type { Engine, EngineEvent, EngineSettings, StartEngine } from './boundary.js';
import { createClientWith } from './client.js';
import { initialSnapshot } from './initial.js';

const READY: EngineEvent = { type: 'config-ready', detail: {} };
const live = (config: Snapshot['config'] = {}): Snapshot => ({
  ...initialSnapshot({}), status: 'live', source: 'live', code: 'live', reason: 'live', baseUrl: 'http://localhost:8000', config,
});

/** An engine that does nothing by itself; the tests say what it publishes. */
function idleEngine() {
  const calls: string[] = [];
  const log = (name: string) => () => void calls.push(name);
  const engine: Engine = {
    start: log('start'),
    provide: (json) => void calls.push(`provide ${json}`),
    refresh: log('refresh'),
    requestLocalAccess: log('requestLocalAccess'),
    trace: () => [],
    requests: () => [],
    begin: () => 0,
    route: () => undefined,
    ended: () => -1,
    report: () => undefined,
    close: log('close'),
  };
  let settings: EngineSettings | undefined;
  let publish: Parameters<StartEngine>[1] = () => undefined;
  const start: StartEngine = (given, to) => {
    settings = given;
    publish = to;
    return Promise.resolve(engine);
  };
  return { calls, start, publish: (...change: Parameters<typeof publish>) => { publish(...change); }, settings: () => settings };
}

const failing: StartEngine = () => Promise.reject(new Error('blocked by CSP'));
const never: StartEngine = () => new Promise(() => undefined);

const opened: Client[] = [];
function open(start: StartEngine, options: ClientOptions = {}): Client {
  const client = createClientWith(start, { devtools: false, ...options });
  opened.push(client);
  return client;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  localStorage.clear();
});
afterEach(async () => {
  for (const client of opened.splice(0)) client.close();
  await vi.advanceTimersByTimeAsync(0); // jsdom tells of changes in its storage in a timer.
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the watchdog', () => {
  it('settles on the fallback at the deadline when the engine cannot be loaded', async () => {
    const client = open(failing, { timeout: 300, fallback: { baseUrl: 'https://api.example', config: { theme: 'dark' } } });
    const ready = vi.fn();
    void client.ready().then(ready);
    await vi.advanceTimersByTimeAsync(299);
    expect(ready).not.toHaveBeenCalled();
    expect(client.snapshot().status).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(ready).toHaveBeenCalledOnce();
    expect(client.snapshot()).toMatchObject({
      status: 'fallback', source: 'fallback', code: 'engine-failed', subject: 'Error: blocked by CSP',
      baseUrl: 'https://api.example', wsBaseUrl: 'wss://api.example', config: { theme: 'dark' },
    });
    expect(client.snapshot().reason).toContain('blocked by CSP');
  });

  it('settles with the code deadline when the engine is merely late, and takes what the engine says then', async () => {
    const { start, publish } = idleEngine();
    let arrive = () => undefined as unknown;
    const client = open(async (...args) => {
      await new Promise<void>((resolve) => (arrive = resolve));
      return start(...args);
    });
    const [ready, updated] = [vi.fn(), vi.fn()];
    client.on('config-ready', ready);
    client.on('config-updated', updated);
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.snapshot().code).toBe('deadline');
    arrive();
    await vi.advanceTimersByTimeAsync(0);
    publish(live(), [READY]);
    expect(client.snapshot().status).toBe('live');
    expect(ready).toHaveBeenCalledOnce();
    expect(updated).toHaveBeenCalledOnce();
  });

  it('settles soon after the deadline when a running engine does not', async () => {
    const client = open(idleEngine().start);
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.snapshot().status).toBe('pending');
    await vi.advanceTimersByTimeAsync(100);
    expect(client.snapshot()).toMatchObject({ status: 'fallback', code: 'deadline' });
  });

  it('leaves a client alone that has settled', async () => {
    const { start, publish } = idleEngine();
    const client = open(start);
    await vi.advanceTimersByTimeAsync(0);
    publish(live(), [READY]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(client.snapshot().status).toBe('live');
  });

  it('bites when the engine throws as it starts', async () => {
    const { start } = idleEngine();
    const client = open(async (...args) => ({
      ...await start(...args),
      start() {
        throw new WebAssembly.RuntimeError('unreachable');
      },
    }));
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.snapshot()).toMatchObject({ status: 'fallback', code: 'engine-failed' });
  });

  it('gives a fallback whose declared endpoints can be used', async () => {
    const client = open(never, { endpoints: [{ name: 'item', path: '/items/{id}', method: 'PUT' }, { name: 'updates', path: '/ws', protocol: 'websocket' }] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.url('item', { id: 3 })).toBe('http://localhost:8010/items/3');
    expect(client.wsUrl('updates')).toBe('ws://localhost:8010/ws');
    expect(client.endpoint('item')).toMatchObject({ service: null, methods: { PUT: 'declared' } });
    expect(client.endpoint('updates')?.methods).toEqual({});
  });
});

describe('the engine', () => {
  it('is loaded again when somebody asks after it could not be loaded', async () => {
    const { start, calls } = idleEngine();
    const attempts = vi.fn(failing);
    const client = open((...args) => attempts(...args));
    await vi.advanceTimersByTimeAsync(0);
    attempts.mockImplementation(start);
    client.refresh();
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts).toHaveBeenCalledTimes(2);
    expect(calls).toEqual(['start', 'refresh']);
  });

  it('is handed what was provided before it arrived, as it was then', async () => {
    const { start, calls } = idleEngine();
    const client = open(start);
    const config = { API_BASE_URL: 'http://localhost:9000' };
    client.provide(config);
    config.API_BASE_URL = 'changed';
    await vi.advanceTimersByTimeAsync(0);
    client.provide({ a: 1 });
    expect(calls).toEqual(['start', 'provide {"API_BASE_URL":"http://localhost:9000"}', 'provide {"a":1}']);
  });

  it('does not see a value that is no JSON: whoever provides it is told', () => {
    const client = open(never);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => client.provide(cycle)).toThrow(TypeError);
  });

  it('is closed at once when it arrives after the client was closed', async () => {
    const { start, calls } = idleEngine();
    const client = open(start);
    client.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toEqual(['close']);
  });
});

describe('close', () => {
  it('settles a client that was pending, and stops everything', async () => {
    const { start, calls, publish } = idleEngine();
    const client = open(start);
    const told = vi.fn();
    client.subscribe(told);
    await vi.advanceTimersByTimeAsync(0);
    client.close();
    client.close();
    expect(await client.ready()).toMatchObject({ status: 'fallback', code: 'closed' });
    publish(live(), [READY]);
    client.provide({});
    client.refresh();
    expect(client.snapshot().code).toBe('closed');
    expect(told).not.toHaveBeenCalled();
    expect(calls).toEqual(['start', 'close']);
  });
});

describe('the cache', () => {
  it('answers at once, and what comes later replaces it', async () => {
    localStorage.setItem('landfall:shop', JSON.stringify({ v: 1, t: Date.now(), s: live({ theme: 'dark' }) }));
    const { start, publish } = idleEngine();
    const client = open(start, { name: 'shop' });
    expect(client.snapshot()).toMatchObject({ status: 'cached', source: 'cache', baseUrl: 'http://localhost:8000' });
    expect(client.get('theme', 'light')).toBe('dark');
    expect((await client.ready()).status).toBe('cached');
    await vi.advanceTimersByTimeAsync(0);
    publish(live({ theme: 'blue' }), [{ type: 'config-updated', detail: {} }]);
    expect(client.get('theme', 'light')).toBe('blue');
  });

  it('is not read when it is switched off', () => {
    localStorage.setItem('landfall:default', JSON.stringify({ v: 1, t: Date.now(), s: live() }));
    expect(open(never, { cache: false }).snapshot().status).toBe('pending');
  });
});

describe('reads', () => {
  it('give the fallback for what is absent or null, also for names that every object has', async () => {
    const { start, publish } = idleEngine();
    const client = open(start);
    await vi.advanceTimersByTimeAsync(0);
    publish(live({ zero: 0, nothing: null }), [READY]);
    expect(client.get('zero', 1)).toBe(0);
    expect(client.get('nothing', 1)).toBe(1);
    expect(client.get('toString', 'none')).toBe('none');
  });

  it('give the URL of the present snapshot, never of the one before', async () => {
    const { start, publish } = idleEngine();
    const client = open(start);
    await vi.advanceTimersByTimeAsync(0);
    expect(client.url('health')).toBe('http://localhost:8010/health');
    publish(live(), [READY]);
    expect(client.url('health')).toBe('http://localhost:8000/health');
    expect(client.url('health')).toBe('http://localhost:8000/health');
    expect(client.url('health', {}, { deep: true })).toBe('http://localhost:8000/health?deep=true');
  });

  it('work detached from the client', () => {
    const { url, get, snapshot, endpoint } = open(never);
    expect([url(), get('a', 1), snapshot().status, endpoint('x')]).toEqual(['http://localhost:8010', 1, 'pending', undefined]);
  });

  it('leave the fallback config that the caller gave unfrozen', () => {
    const config = { list: [1] };
    const client = open(never, { fallback: { config } });
    expect(Object.isFrozen(config)).toBe(false);
    config.list.push(2);
    expect(client.get('list', [])).toEqual([1]);
  });
});

describe('a server', () => {
  beforeEach(() => void vi.stubGlobal('location', undefined));

  it('settles at once and starts nothing when there is no candidate', async () => {
    const start = vi.fn(never);
    const client = open(start, { fallback: { baseUrl: 'https://api.example' } });
    expect(await client.ready()).toMatchObject({ status: 'fallback', code: 'no-candidates', baseUrl: 'https://api.example' });
    expect(start).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks the candidates it is given', () => {
    const start = vi.fn(never);
    open(start, { candidates: ['https://api.example'] });
    expect(start).toHaveBeenCalledOnce();
  });
});

describe('User Timing', () => {
  it('marks start, settling and live with the name of the client', async () => {
    performance.clearMarks();
    const { start, publish } = idleEngine();
    open(start, { name: 'shop' });
    await vi.advanceTimersByTimeAsync(0);
    publish(live(), [READY]);
    const marks = performance.getEntriesByType('mark').map((mark) => [mark.name, (mark as PerformanceMark).detail as unknown]);
    expect(marks).toEqual([['landfall:start', 'shop'], ['landfall:settle', 'shop'], ['landfall:live', 'shop']]);
  });
});
