// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../types.js';
import { readCache } from './cache.js';
import { initialSnapshot } from './initial.js';

const like = initialSnapshot({});
const HOUR = 3_600_000;

const good = (): Snapshot => ({
  ...like,
  status: 'live',
  source: 'live',
  code: 'live',
  origin: 'http://localhost:7420',
  epoch: { registry: 'r', boot: 1 },
  revision: 3,
  baseUrl: 'http://localhost:8000',
  wsBaseUrl: 'ws://localhost:8000',
  config: { theme: 'dark' },
  services: { items: { name: 'items', title: null, url: 'http://localhost:8000', instances: [{ url: 'http://localhost:8000', weight: 100, health: 'healthy' }] } },
  endpoints: [{ service: 'items', name: 'list', path: '/items', protocol: 'http', methods: { GET: 'openapi' }, operations: {}, contradictions: [] }],
  names: { list: { endpoint: 0 }, both: { choices: ['items.list', 'more.list'] } },
});

/** As the engine writes it: codes without words. */
const keep = (snapshot: unknown, { v = 1, t = Date.now() - HOUR, name = 'default' }: { v?: unknown; t?: unknown; name?: string } = {}) =>
  localStorage.setItem(`landfall:${name}`, JSON.stringify({ v, t, s: snapshot }, (key, value: unknown) => (key === 'reason' ? undefined : value)));

beforeEach(() => localStorage.clear());
afterEach(() => void vi.unstubAllGlobals());

describe('the cache', () => {
  it('gives back what was kept, as cached', () => {
    keep(good());
    expect(readCache('default', like)).toEqual({
      ...good(), status: 'cached', source: 'cache', code: 'cached', subject: null, reason: expect.stringContaining('last known good') as string,
    });
  });

  it('belongs to a name', () => {
    keep(good(), { name: 'other' });
    expect(readCache('default', like)).toBeUndefined();
    expect(readCache('other', like)).toBeDefined();
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['a text', 'live'],
    ['no endpoints', { ...good(), endpoints: undefined }],
    ['endpoints that are an object', { ...good(), endpoints: {} }],
    ['services that are a list', { ...good(), services: [] }],
    ['config null', { ...good(), config: null }],
    ['a base URL that runs script', { ...good(), baseUrl: 'javascript:alert(1)' }],
    ['a base URL that is a number', { ...good(), baseUrl: 7 }],
    ['a WebSocket URL that is none', { ...good(), wsBaseUrl: 'http://localhost' }],
    ['a service that runs script', { ...good(), services: { a: { name: 'a', title: null, url: 'javascript:0', instances: [] } } }],
    ['a service without instances', { ...good(), services: { a: { name: 'a', title: null, url: null } } }],
    ['an endpoint without a path', { ...good(), endpoints: [{ ...good().endpoints[0], path: undefined }] }],
    ['an endpoint that is null', { ...good(), endpoints: [null] }],
    ['a name that points nowhere', { ...good(), names: { list: { endpoint: 9 } } }],
    ['a name that points at a method of lists', { ...good(), names: { list: { endpoint: 'length' } } }],
    ['a name that is null', { ...good(), names: { list: null } }],
    ['choices that are a text', { ...good(), names: { list: { choices: 'ab' } } }],
  ])('drops a poisoned value: %s', (_, snapshot) => {
    keep(snapshot);
    expect(readCache('default', like)).toBeUndefined();
  });

  it.each<[string, { v?: unknown; t?: unknown }]>([
    ['another version', { v: 2 }],
    ['no time', { t: null }],
    ['a time that is no number', { t: 'now' }],
    ['the future', { t: Date.now() + HOUR }],
    ['a year ago', { t: Date.now() - 365 * 24 * HOUR }],
  ])('drops a value of %s', (_, head) => {
    keep(good(), head);
    expect(readCache('default', like)).toBeUndefined();
  });

  it('drops what is longer than any snapshot', () => {
    keep({ ...good(), config: { padding: 'x'.repeat(4 << 20) } });
    expect(readCache('default', like)).toBeUndefined();
  });

  it('drops what is not JSON', () => {
    localStorage.setItem('landfall:default', '{"v":1,');
    expect(readCache('default', like)).toBeUndefined();
  });

  it('is empty where storage is barred or absent', () => {
    vi.stubGlobal('localStorage', { getItem() { throw new DOMException('', 'SecurityError'); } });
    expect(readCache('default', like)).toBeUndefined();
    vi.stubGlobal('localStorage', undefined);
    expect(readCache('default', like)).toBeUndefined();
  });
});
