import { expect, test } from 'vitest';
import { readRoute, routeHash } from './route';

test('a view and a service survive the way through the hash', () => {
  for (const name of ['items-api', 'a/b c?#%', 'größe', '..']) expect(readRoute(routeHash('services', name))).toEqual({ view: 'services', service: name });
  expect(readRoute(routeHash('trace'))).toEqual({ view: 'trace', service: null });
});

test.each(['', '#', '#/', '#/nonsense', '#main', '#/services', '#/services/', '#/services/%'])('%j is the list of services', (hash) => {
  expect(readRoute(hash)).toEqual({ view: 'services', service: null });
});
