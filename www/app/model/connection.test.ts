import { expect, test } from 'vitest';
import { connectionOf } from './connection';

const at = (status: 'pending' | 'live' | 'provided' | 'cached' | 'stale' | 'fallback', daemonLost = false) => connectionOf({ status, reason: 'because' }, daemonLost);

test('live, and the daemon answers: nothing to say, nothing marked', () => {
  expect(at('live')).toEqual({ tone: 'good', label: 'Live', reason: 'because', advice: null, stale: false });
});

test('live, but the daemon has stopped answering: marked at once, before the client notices', () => {
  expect(at('live', true)).toMatchObject({ tone: 'warn', stale: true });
});

test('while looking, nothing is called wrong', () => {
  expect(at('pending', true)).toMatchObject({ tone: 'wait', stale: false, advice: null });
});

test.each(['cached', 'stale', 'fallback'] as const)('%s is marked, says the client’s reason and what to do', (status) => {
  expect(at(status)).toMatchObject({ reason: 'because', stale: true });
  expect(at(status).advice).toContain('landfall serve');
});
