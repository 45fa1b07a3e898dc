import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../core/boundary.js';
import { initialSnapshot } from '../core/initial.js';
import type { Snapshot } from '../types.js';
import { install } from './index.js';

const snapshot: Snapshot = {
  ...initialSnapshot({}),
  endpoints: [{
    service: 'api', name: 'item', path: '/items/{id}', protocol: 'http',
    methods: { GET: 'openapi', PUT: 'allow' }, operations: { GET: 'read_item' }, contradictions: [],
  }],
};
const trace = [{ at: 12, kind: 'probe', value: null, source: null, origin: 'http://localhost:9', code: 'nobody-listening', age: null, raced: [] }];
const requests = [{ at: 3, method: 'GET', url: 'http://localhost:9/', purpose: 'reach', outcome: 'unreadable', status: null, ms: 4 }];
const engine: Engine = {
  start: () => undefined, provide: () => undefined, refresh: () => undefined, requestLocalAccess: () => undefined, close: () => undefined,
  trace: () => trace, requests: () => requests,
  begin: () => 0, route: () => undefined, ended: () => -1, report: () => undefined,
};

const undo: (() => void)[] = [];
const open = (name: string, running?: Engine) => undo.push(install({ name, snapshot: () => snapshot, engine: () => running }));
const tools = () => {
  if (!globalThis.__LANDFALL__) throw new Error('not installed');
  return globalThis.__LANDFALL__;
};

afterEach(() => {
  for (const leave of undo.splice(0)) leave();
  expect(globalThis.__LANDFALL__).toBeUndefined();
});

describe('window.__LANDFALL__', () => {
  it('shows the only client without being told which', () => {
    open('shop', engine);
    expect(tools().snapshot()).toBe(snapshot);
    expect(tools().requests()).toEqual(requests);
    expect(tools().trace()).toEqual([{ ...trace[0], reason: 'nobody listens there (http://localhost:9)' }]);
  });

  it('prints the endpoints with methods and evidence, and returns the rows', () => {
    const table = vi.spyOn(console, 'table').mockImplementation(() => undefined);
    open('shop', engine);
    const rows = tools().endpoints();
    expect(table).toHaveBeenCalledExactlyOnceWith(rows);
    expect(rows).toEqual([{
      service: 'api', name: 'item', path: '/items/{id}', protocol: 'http', methods: 'GET (openapi), PUT (allow)', operations: 'read_item', contradictions: '',
    }]);
  });

  it('lists several clients by name, also those of the same name, and asks which is meant', () => {
    open('shop', engine);
    open('shop');
    open('admin');
    expect(tools().clients()).toEqual(['shop', 'shop#2', 'admin']);
    expect(() => tools().snapshot()).toThrow('shop, shop#2, admin');
    expect(() => tools().trace('none')).toThrow("no client 'none'");
    expect(tools().trace('shop')).toHaveLength(1);
  });

  it('has nothing to tell of an engine that has not arrived', () => {
    open('shop');
    expect(tools().trace()).toEqual([]);
    expect(tools().requests()).toEqual([]);
  });
});
