import { afterEach, expect, test, vi } from 'vitest';
import { readRequests, readTrace } from './records';

afterEach(() => Reflect.deleteProperty(globalThis, '__LANDFALL__'));

function install(handle: object): void {
  Reflect.set(globalThis, '__LANDFALL__', handle);
}

test('without the handle there are no records', () => {
  expect(readTrace('page')).toEqual([]);
  expect(readRequests('page')).toEqual([]);
});

test('the records of the named client, newest first', () => {
  const trace = vi.fn(() => [
    { at: 0, kind: 'look', source: null, origin: null, code: 'start', reason: 'the page looked', age: null, raced: ['provided', 'cache'] },
    { at: 40, kind: 'settled', source: 'live', origin: 'http://127.0.0.1:7420', code: 'live', reason: 'read', age: 0, raced: [] },
  ]);
  install({ trace });
  expect(readTrace('page').map(({ kind }) => kind)).toEqual(['settled', 'look']);
  expect(trace).toHaveBeenCalledWith('page');
});

test('a request still under way has neither status nor duration', () => {
  install({ requests: () => [{ at: 3, method: 'GET', url: 'http://h/', purpose: 'catalog', outcome: 'pending', status: null, ms: null }] });
  expect(readRequests('page')).toEqual([{ at: 3, method: 'GET', url: 'http://h/', purpose: 'catalog', outcome: 'pending', status: null, ms: null }]);
});

test('a handle that throws, or gives anything else, gives no records', () => {
  install({ trace: () => { throw new Error('which client?'); }, requests: () => 'none' });
  expect(readTrace('page')).toEqual([]);
  expect(readRequests('page')).toEqual([]);
});
