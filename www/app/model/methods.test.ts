import { expect, test } from 'vitest';
import { endpoint } from '../testing/fixtures';
import { contradictionText, evidenceGroups, methodCounts, methodsOf, namesOf } from './methods';

test('methods come in their usual order', () => {
  expect(methodsOf(endpoint({ methods: { DELETE: 'openapi', GET: 'openapi', PATCH: 'openapi', POST: 'openapi' } }))).toEqual(['GET', 'POST', 'PATCH', 'DELETE']);
});

test('names are those beside the path, operations in the order of their methods', () => {
  expect(namesOf(endpoint({ name: '/items', path: '/items', operations: { DELETE: 'remove', GET: 'read' } }))).toEqual(['read', 'remove']);
  expect(namesOf(endpoint({ name: 'items', path: '/items', operations: {} }))).toEqual(['items']);
});

test('methods are grouped by evidence, best first', () => {
  const groups = evidenceGroups(endpoint({ methods: { POST: 'declared', GET: 'openapi', PUT: 'allow', DELETE: 'openapi' } }));
  expect(groups.map(({ evidence, methods }) => [evidence.key, ...methods])).toEqual([['openapi', 'GET', 'DELETE'], ['allow', 'PUT'], ['declared', 'POST']]);
});

test('a service’s endpoints are counted per method, streams and sockets as such', () => {
  const counts = methodCounts([
    endpoint({ methods: { GET: 'openapi', PUT: 'openapi' } }),
    endpoint({ methods: { GET: 'openapi' } }),
    endpoint({ protocol: 'sse', methods: { GET: 'catalog' } }),
    endpoint({ protocol: 'websocket', methods: {} }),
  ]);
  expect(counts.map(({ method, count }) => `${method} ${count}`)).toEqual(['GET 2', 'PUT 1', 'WS 1', 'SSE 1']);
});

test('a contradiction is a sentence', () => {
  expect(contradictionText({ method: 'POST', claimed: 'options', denied: 'openapi' })).toBe('OPTIONS names POST, OpenAPI leaves it out');
});
