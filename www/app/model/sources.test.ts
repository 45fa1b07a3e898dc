import { expect, test } from 'vitest';
import { verdict } from '../testing/fixtures';
import { type Verdict, verdictKey } from './verdict';
import { allSources, sourceText, sourcesOf } from './sources';

const report = (...verdicts: Verdict[]) => new Map(verdicts.map((it) => [verdictKey(it.service, it.url), it]));

test('each service has the sources of its instances, once each', () => {
  const sources = sourcesOf(report(
    verdict({ service: 'a', url: 'http://x:1', source: 'socket' }),
    verdict({ service: 'a', url: 'http://x:2', source: 'registration' }),
    verdict({ service: 'a', url: 'http://x:3', source: 'socket' }),
    verdict({ service: 'b', source: null }),
  ), new Map());
  expect([...sources]).toEqual([['a', ['socket', 'registration']]]);
  expect(allSources(sources)).toEqual(['registration', 'socket']);
});

test('while nothing changes the same object is returned', () => {
  const first = sourcesOf(report(verdict()), new Map());
  expect(sourcesOf(report(verdict({ health: 3 })), first)).toBe(first);
  expect(sourcesOf(report(verdict({ source: 'settings' })), first)).not.toBe(first);
  expect(sourcesOf(null, first).size).toBe(0);
});

test('a source has words, and one that is not known is shown as it is', () => {
  expect(sourceText('socket')).toBe('found by its socket');
  expect(sourceText('etcd')).toBe('etcd');
  expect(sourceText('constructor')).toBe('constructor');
});
