import { expect, test } from 'vitest';
import { endpoint, serviceEntry } from '../testing/fixtures';
import { looksAtClass, search, searchIndex } from './search';

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

const facts = {
  classOf: ({ name }: { name: string }) => (name === 'auth' ? 'unhealthy' : 'healthy'),
  sourcesOf: ({ name }: { name: string }) => (name === 'auth' ? ['settings'] : ['socket', 'registration']),
  labelsOf: ({ name }: { name: string }) => (name === 'auth' ? ['team=Access', 'tier=front'] : ['team=shop']),
};
const foundBy = (query: string): string[] => search(index, query, facts).map(({ service, endpoints }) => [service.name, ...endpoints.map(({ path }) => path)].join(' '));

test('a word with a colon says where it is to be found', () => {
  expect(foundBy('name:items')).toEqual(['items-api']);
  expect(foundBy('class:unh')).toEqual(['auth']);
  expect(foundBy('source:settings')).toEqual(['auth']);
  expect(foundBy('source:reg')).toEqual(['items-api']);
  expect(foundBy('label:team=access')).toEqual(['auth']);
  expect(foundBy('label:shop')).toEqual(['items-api']);
  expect(foundBy('method:put')).toEqual(['items-api /items/{id}']);
  expect(foundBy('method:ws')).toEqual(['items-api /ws/updates']);
  expect(foundBy('path:login')).toEqual(['auth /login']);
});

test('qualifiers and words must all hold, those of endpoints in one and the same', () => {
  expect(foundBy('source:socket method:put id')).toEqual(['items-api /items/{id}']);
  expect(foundBy('method:put path:updates')).toEqual([]);
  expect(foundBy('name:auth class:healthy')).toEqual([]);
});

test('what is no qualifier is a word, and a qualifier that is still being written asks for nothing', () => {
  expect(foundBy('http://127.0.0.1:8000')).toEqual(['auth', 'items-api']);
  expect(foundBy('method:')).toEqual(['auth', 'items-api']);
  expect(foundBy('colour:red')).toEqual([]);
  expect([looksAtClass('class:un'), looksAtClass('unhealthy')]).toEqual([true, false]);
});
