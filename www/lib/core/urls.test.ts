import { describe, expect, it } from 'vitest';
import examples from '../../../crates/protocol/tests/corpus/uri-template/spec-examples.json';
import type { Endpoint, Snapshot } from '../types.js';
import { initialSnapshot } from './initial.js';
import { endpointOf, urlOf } from './urls.js';

const endpoint = (service: string | null, name: string, path: string): Endpoint =>
  ({ service, name, path, protocol: 'http', methods: {}, operations: {}, contradictions: [] });
const service = (name: string, url: string | null) => ({ name, title: null, url, instances: [] });

const snapshot: Snapshot = {
  ...initialSnapshot({}),
  baseUrl: 'https://api.example/v1',
  wsBaseUrl: 'wss://socket.example/v1',
  services: { api: service('api', 'https://api.example/v1'), other: service('other', 'https://other.example'), lost: service('lost', null) },
  endpoints: [
    endpoint('api', 'item', '/items/{id}'),
    endpoint('other', 'file', '/files/{path:path}'),
    endpoint('lost', 'gone', '/gone'),
    endpoint(null, 'wanted', '/wanted/{a}-{b}'),
  ],
  names: {
    item: { endpoint: 0 }, file: { endpoint: 1 }, gone: { endpoint: 2 }, wanted: { endpoint: 3 },
    list: { choices: ['api.list', 'other.list'] },
  },
};

const url = (name?: string, params?: Parameters<typeof urlOf>[3], query?: Parameters<typeof urlOf>[4]) =>
  urlOf(snapshot, false, name, params, query);
const wsUrl = (name?: string) => urlOf(snapshot, true, name, { id: 1, path: 'x' });

describe('a URL', () => {
  it('is the base when nothing is named', () => {
    expect(url()).toBe('https://api.example/v1');
    expect(url('')).toBe('https://api.example/v1');
    expect(wsUrl()).toBe('wss://socket.example/v1');
  });

  it('is where the service of the endpoint is', () => {
    expect(url('item', { id: 7 })).toBe('https://api.example/v1/items/7');
    expect(url('file', { path: 'a' })).toBe('https://other.example/files/a');
  });

  it('is below the base where the service has no instance, or there is no service', () => {
    expect(url('gone')).toBe('https://api.example/v1/gone');
    expect(url('wanted', { a: 1, b: 2 })).toBe('https://api.example/v1/wanted/1-2');
  });

  it('is a path below the base when the name is not known', () => {
    expect(url('/health')).toBe('https://api.example/v1/health');
    expect(url('health')).toBe('https://api.example/v1/health');
    expect(url('constructor')).toBe('https://api.example/v1/constructor');
    expect(url('https://elsewhere.example/')).toBe('https://api.example/v1/https://elsewhere.example/');
  });

  it('has the WebSocket base for the service of the base, and ws for http elsewhere', () => {
    expect(wsUrl('item')).toBe('wss://socket.example/v1/items/1');
    expect(wsUrl('file')).toBe('wss://other.example/files/x');
  });

  it('encodes values so that they cannot leave their place', () => {
    expect(url('item', { id: 'a/b?c#d e' })).toBe('https://api.example/v1/items/a%2Fb%3Fc%23d%20e');
    expect(url('item', { id: '%2e%2e' })).toBe('https://api.example/v1/items/%252e%252e');
    expect(url('file', { path: 'a/b?c' })).toBe('https://other.example/files/a/b%3Fc');
    for (const id of ['.', '..']) expect(() => url('item', { id })).toThrow('leaves the path');
    expect(() => url('file', { path: 'a/../../b' })).toThrow('leaves the path');
  });

  it('needs every parameter of the path, as an own member', () => {
    expect(() => url('item')).toThrow("/items/{id}: 'id' is missing");
    expect(() => url('item', { id: null })).toThrow("'id' is missing");
    expect(url('item', { id: 0 })).toBe('https://api.example/v1/items/0');
    expect(url('item', { id: false })).toBe('https://api.example/v1/items/false');
  });

  it('takes a query, with repeated and absent keys', () => {
    expect(url('item', { id: 1 }, { q: 'a b', tag: ['x', 'y'], none: null, not: undefined, zero: 0 }))
      .toBe('https://api.example/v1/items/1?q=a+b&tag=x&tag=y&zero=0');
    expect(url('item', { id: 1 }, {})).toBe('https://api.example/v1/items/1');
  });

  it('refuses an ambiguous name with the choices', () => {
    expect(() => url('list')).toThrow("'list' is one of api.list, other.list");
    expect(() => endpointOf(snapshot, 'list')).toThrow('api.list');
    expect(endpointOf(snapshot, 'toString')).toBeUndefined();
  });
});

describe('URI Template, level 1', () => {
  const { variables, testcases } = examples['Level 1 Examples'];
  const cases = testcases as [template: string, expected: string][];

  it('has examples', () => {
    expect(cases.length).toBeGreaterThan(1);
  });

  it.each(cases)('%s gives %s', (template, expected) => {
    const one = { ...snapshot, endpoints: [endpoint('api', 't', `/${template}`)], names: { t: { endpoint: 0 } } };
    expect(urlOf(one, false, 't', variables)).toBe(`https://api.example/v1/${expected}`);
  });
});
