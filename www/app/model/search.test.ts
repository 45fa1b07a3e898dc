import { expect, test } from 'vitest';
import { endpoint, serviceEntry } from '../testing/fixtures';
import { search, searchIndex } from './search';

const index = searchIndex([
  serviceEntry('auth', { title: 'Identity and sessions', endpoints: [endpoint({ path: '/login', name: 'login', methods: { POST: 'catalog' } })] }),
  serviceEntry('items-api', {
    endpoints: [
      endpoint({ path: '/items/{id}', methods: { GET: 'openapi', PUT: 'openapi' }, operations: { PUT: 'update_item' } }),
      endpoint({ path: '/ws/updates', name: 'updates', protocol: 'websocket', methods: {} }),
    ],
  }),
]);
const found = (query: string): string[] => search(index, query).map(({ service, endpoints }) => [service.name, ...endpoints.map(({ path }) => path)].join(' '));

test('nothing asked for finds every service, without endpoints as the reason', () => {
  expect(found('')).toEqual(['auth', 'items-api']);
  expect(found('   ')).toEqual(['auth', 'items-api']);
});

test('a service is found by name, title and address, whatever the case', () => {
  expect(found('AUTH')).toEqual(['auth']);
  expect(found('sessions')).toEqual(['auth']);
  expect(found('127.0.0.1:8000')).toEqual(['auth', 'items-api']);
});

test('an endpoint is found by path, method, operation and protocol, and brings its service', () => {
  expect(found('login')).toEqual(['auth /login']);
  expect(found('put')).toEqual(['items-api /items/{id}']);
  expect(found('update_item')).toEqual(['items-api /items/{id}']);
  expect(found('websocket')).toEqual(['items-api /ws/updates']);
});

test('every word must be found, each in the service or in one and the same endpoint', () => {
  expect(found('items-api put')).toEqual(['items-api /items/{id}']);
  expect(found('put websocket')).toEqual([]);
  expect(found('auth put')).toEqual([]);
});

test('a query is data, not a pattern', () => {
  expect(found('.*')).toEqual([]);
  expect(found('{id}')).toEqual(['items-api /items/{id}']);
});
