import { describe, expect, it } from 'vitest';
import { initialSnapshot } from '../core/initial.js';
import type { Endpoint, Snapshot } from '../types.js';
import { configOf } from './config.js';

const endpoint = (more: Partial<Endpoint>): Endpoint => ({
  service: 'shop', name: 'items', path: '/items', protocol: 'http', methods: {}, operations: {}, contradictions: [], ...more,
});
const pending = initialSnapshot({ endpoints: [{ name: 'items', path: '/items', method: 'POST' }] });
const live: Snapshot = {
  ...pending, status: 'live', source: 'live', baseUrl: 'https://shop.example',
  services: {
    shop: { name: 'shop', title: null, url: 'https://shop.example', instances: [{ url: 'https://shop.example', weight: 100, health: 'degraded' }] },
    gone: { name: 'gone', title: null, url: null, instances: [] },
  },
  endpoints: [endpoint({ methods: { DELETE: 'openapi' } }), endpoint({ name: 'both', methods: { GET: 'openapi', POST: 'openapi' } })],
  names: { items: { endpoint: 0 }, create: { endpoint: 1, method: 'POST' }, both: { endpoint: 1 }, many: { choices: ['a.many', 'b.many'] } },
};

describe('the config of a snapshot', () => {
  it('has no address while nothing is known, but the endpoints that the page declared', () => {
    expect(configOf(pending)).toEqual({
      API_BASE_URL: null, WS_BASE_URL: null, ENDPOINTS: { items: { path: '/items', method: 'POST' } }, SERVICES: {}, discovered: false,
    });
  });

  it("gives each name its method: the name's own, the endpoint's only one, else GET; an ambiguous name is left out", () => {
    expect(configOf(live).ENDPOINTS).toEqual({
      items: { path: '/items', method: 'DELETE' }, create: { path: '/items', method: 'POST' }, both: { path: '/items', method: 'GET' },
    });
  });

  it('gives each service its port, its health, and its own endpoints', () => {
    const { shop, gone } = configOf(live).SERVICES;
    expect(shop).toMatchObject({ type: 'shop', port: 443, health: 'degraded' });
    expect(Object.keys(shop?.endpoints ?? {})).toEqual(['items', 'both']);
    expect(gone).toEqual({ type: 'gone', url: null, port: null, health: 'unknown', endpoints: {} });
  });

  it('is discovered while a backend answers, and when it was lost; not where the base is only the fallback', () => {
    const discovered = (more: Partial<Snapshot>) => configOf({ ...live, ...more }).discovered;
    expect([discovered({}), discovered({ status: 'stale' }), discovered({ config: { API_BASE_URL: 'https://a.example' }, baseUrl: 'https://a.example' })])
      .toEqual([true, true, true]);
    expect([discovered({ status: 'cached' }), discovered({ status: 'fallback' }), discovered({ status: 'provided' }), discovered({ baseUrl: 'http://localhost:8010' })])
      .toEqual([false, false, false, false]);
  });

  it('keeps its identity until something in it changes, and a hostile name is a name', () => {
    const config = configOf(live);
    expect(configOf({ ...live, status: 'stale' }, config)).toBe(config);
    expect(configOf({ ...live, baseUrl: 'https://else.example' }, config).SERVICES).toBe(config.SERVICES);
    const names = Object.fromEntries([['__proto__', { endpoint: 0 }]]);
    expect(Object.keys(configOf({ ...live, names }).ENDPOINTS)).toEqual(['__proto__']);
  });
});
