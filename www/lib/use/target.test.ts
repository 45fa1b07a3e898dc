import { describe, expect, it } from 'vitest';
import { initialSnapshot } from '../core/initial.js';
import type { Endpoint, Evidence, Method, Protocol, Snapshot } from '../types.js';
import { methodOf, targetOf, type Target } from './target.js';

const endpoint = (name: string, methods: Partial<Record<Method, Evidence>>, protocol: Protocol = 'http'): Endpoint =>
  ({ service: 'shop', name, path: `/${name}`, protocol, methods, operations: {}, contradictions: [] });

const snapshot: Snapshot = {
  ...initialSnapshot({}),
  endpoints: [
    endpoint('items', { GET: 'openapi', POST: 'openapi' }),
    endpoint('orders', { POST: 'catalog' }),
    endpoint('hoped', { GET: 'declared' }),
    endpoint('seen', { GET: 'get', PUT: 'allow' }),
    endpoint('updates', {}, 'websocket'),
  ],
  names: {
    items: { endpoint: 0 }, create_item: { endpoint: 0, method: 'POST' }, orders: { endpoint: 1 }, hoped: { endpoint: 2 },
    seen: { endpoint: 3 }, updates: { endpoint: 4 }, list: { choices: ['shop.list', 'harbour.list'] }, lost: { endpoint: 9 },
  },
};
const target = (name: string, protocols: readonly Protocol[] = ['http']): Target => targetOf(snapshot, name, protocols, 'use client.socket');

describe('a name', () => {
  it('that means nothing is refused with those that do', () => {
    expect(() => target('itmes')).toThrow(expect.objectContaining({ code: 'unknown-endpoint', message: expect.stringContaining('items, create_item') as string }));
    for (const name of ['', '__proto__', 'toString', 'lost']) expect(() => target(name)).toThrow(expect.objectContaining({ code: 'unknown-endpoint' }));
  });

  it('that means several things is refused with the choices', () => {
    expect(() => target('list')).toThrow(expect.objectContaining({ code: 'ambiguous-endpoint', message: expect.stringContaining('shop.list, harbour.list') as string }));
  });

  it('of another protocol is refused with what to use', () => {
    expect(() => target('updates')).toThrow(expect.objectContaining({ code: 'wrong-protocol', message: expect.stringContaining('use client.socket') as string }));
    expect(target('updates', ['websocket']).endpoint.name).toBe('updates');
  });

  it('lists no more choices than anybody reads', () => {
    const names = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`name${n}`, { endpoint: 0 }]));
    expect(() => targetOf({ ...snapshot, names }, 'x', ['http'], '')).toThrow(/10000 in all/);
    try {
      targetOf({ ...snapshot, names }, 'x', ['http'], '');
    } catch (error) {
      expect(String(error).length).toBeLessThan(400);
    }
  });
});

describe('the method', () => {
  it.each([
    ['items', 'GET', 'GET'],
    ['items', 'post', 'POST'],
    ['create_item', undefined, 'POST'],
    ['create_item', 'GET', 'GET'],
    ['orders', undefined, 'POST'],
    ['hoped', undefined, 'GET'],
  ])('of %s with init.method %s is %s', (name, wanted, method) => {
    expect(methodOf(name, target(name), wanted)).toBe(method);
  });

  it('has to be said where there are several', () => {
    expect(() => methodOf('items', target('items'), undefined)).toThrow(expect.objectContaining({ code: 'no-method', message: expect.stringContaining('GET, POST') as string }));
  });

  it('is refused where the endpoint does not have it, and let through where that is not known', () => {
    for (const name of ['items', 'orders']) {
      expect(() => methodOf(name, target(name), 'DELETE')).toThrow(expect.objectContaining({ code: 'method-not-allowed' }));
    }
    for (const name of ['hoped', 'seen']) expect(methodOf(name, target(name), 'delete')).toBe('DELETE');
    expect(() => methodOf('items', target('items'), 'constructor')).toThrow(expect.objectContaining({ code: 'method-not-allowed' }));
  });
});
