import { expect, test } from 'vitest';
import { STATUS_BODY } from '../testing/fixtures';
import { readDaemonStatus } from './daemon-status';

test('a status is read', () => {
  expect(readDaemonStatus(STATUS_BODY)).toMatchObject({
    name: 'workshop', rssBytes: 4_530_000, streams: 2,
    budget: { budgetPermille: 10, usedPermille: 6.2, pacePermille: 840, overdue: 4, oldestVerdictMs: 8_700 },
    checks: { inFlight: 3, inFlightLimit: 10, perHostLimit: 2 },
  });
});

test('what the daemon does not say is unknown, not zero', () => {
  const status = readDaemonStatus({ budget: { used_permille: 'much' } });
  expect(status?.budget.usedPermille).toBeNull();
  expect(status?.rssBytes).toBeNull();
  expect(status?.checks.total).toBeNull();
});

test.each([null, [], 'ok', {}, { budget: 3 }])('%j is no status', (body) => {
  expect(readDaemonStatus(body)).toBeNull();
});
