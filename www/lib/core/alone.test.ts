// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client, ClientOptions } from '../types.js';
import { createClientWith } from './client.js';

const client = (options: ClientOptions = {}): Client =>
  (opened = createClientWith(() => Promise.reject(new Error('blocked by CSP')), { devtools: false, timeout: 1_000, ...options }));
let opened: Client;

const provide = (value: unknown) => vi.stubGlobal('__LANDFALL_CONFIG__', value);
const script = (text: string) => {
  const element = document.createElement('script');
  Object.assign(element, { id: 'landfall-config', type: 'application/json', textContent: text });
  document.head.append(element);
};
/** Lets the chunk be imported, which is no timer. */
const settle = async (ms = 0) => {
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(ms);
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  localStorage.clear();
  document.head.innerHTML = '';
});
afterEach(async () => {
  opened.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('without an engine', () => {
  it.each<[string, () => void]>([
    ['the global variable', () => provide({ API_BASE_URL: 'https://api.example/v1/', tide: 'high' })],
    ['the inline script', () => script('{"API_BASE_URL":"https://api.example/v1/","tide":"high"}')],
    ['the config of an inline catalog', () => script('{"landfall":1,"config":{"API_BASE_URL":"https://api.example/v1","tide":"high"}}')],
  ])('settles on %s, and says why there is no engine', async (_, set) => {
    set();
    const { ready, get } = client();
    await settle();
    expect(await ready()).toMatchObject({
      status: 'provided', source: 'provided', code: 'engine-failed', subject: 'Error: blocked by CSP',
      baseUrl: 'https://api.example/v1', wsBaseUrl: 'wss://api.example/v1',
    });
    expect(get('tide', 'low')).toBe('high');
  });

  it('settles on what is handed in, and on what is handed in later', async () => {
    const { provide: handIn, snapshot, on } = client();
    handIn({ WS_BASE_URL: 'wss://sockets.example/', tide: 1 });
    await settle();
    expect(snapshot()).toMatchObject({ status: 'provided', baseUrl: 'http://localhost:8010', wsBaseUrl: 'wss://sockets.example', config: { tide: 1 } });
    const updated = vi.fn();
    on('config-updated', updated);
    handIn({ tide: 2 });
    await settle();
    expect(snapshot().config).toEqual({ tide: 2 });
    expect(updated).toHaveBeenCalledOnce();
  });

  it.each([200, 20_000])('takes what appears only after %i ms', async (late) => {
    const { snapshot, on } = client();
    const [isReady, updated] = [vi.fn(), vi.fn()];
    on('config-ready', isReady);
    on('config-updated', updated);
    await settle(late);
    provide({ tide: 'high' });
    await settle(5_000);
    expect(snapshot()).toMatchObject({ status: 'provided', config: { tide: 'high' } });
    expect(isReady).toHaveBeenCalledOnce();
    expect(updated).toHaveBeenCalledTimes(late > 1_000 ? 1 : 0);
  });

  it.each<[string, string]>([
    ['no JSON', '{"API_BASE_URL":'],
    ['a list', '[{"API_BASE_URL":"https://api.example"}]'],
    ['nested too deep to be frozen', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
    ['too large', `{"a":"${'x'.repeat(4 << 20)}"}`],
  ])('passes over a script that is %s', async (_, text) => {
    script(text);
    const { snapshot } = client();
    await settle(1_000);
    expect(snapshot()).toMatchObject({ status: 'fallback', code: 'engine-failed' });
  });

  it.each(['javascript:alert(1)', 'ftp://a.example', '/api', 'https://me:secret@a.example', 'https://a.example/?q', 'https://a.example/#f', 7, null])(
    'takes no base from %j', async (base) => {
      provide({ API_BASE_URL: base, WS_BASE_URL: base });
      const { snapshot } = client();
      await settle();
      expect(snapshot()).toMatchObject({ status: 'provided', baseUrl: 'http://localhost:8010', wsBaseUrl: 'ws://localhost:8010' });
    });
});
