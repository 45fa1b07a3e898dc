import { expect, test } from 'vitest';
import { STATUS_BODY, status } from '../testing/fixtures';
import { isOverBudget, readDaemonStatus } from './daemon-status';

test('a status is read', () => {
  expect(readDaemonStatus(STATUS_BODY)).toMatchObject({
    name: 'workshop', memory: { rssBytes: 4_530_000, heldBytes: null, ceilingBytes: null, level: 'full' }, streams: 2,
    budget: { budgetPermille: 10, usedPermille: 6.2, pacePermille: 840, overdue: 4, oldestVerdictMs: 8_700 },
    checks: { inFlight: 3, inFlightLimit: 10, perHostLimit: 2 },
  });
});

test('what the daemon does not say is unknown, not zero', () => {
  const read = readDaemonStatus({ budget: { used_permille: 'much' } });
  expect(read?.budget.usedPermille).toBeNull();
  expect(read?.memory).toEqual({ rssBytes: null, heldBytes: null, ceilingBytes: null, level: null });
  expect(read?.checks.total).toBeNull();
});

test.each([null, [], 'ok', {}, { budget: 3 }])('%j is no status', (body) => {
  expect(readDaemonStatus(body)).toBeNull();
});

test('over the budget is what is above it by more than the daemon promises, over a window that says something', () => {
  const budget = (part: object) => isOverBudget({ ...status().budget, budgetPermille: 10, windowMs: 60_000, ...part });
  expect(budget({ usedPermille: 10.4 })).toBe(false);
  expect(budget({ usedPermille: 10.6 })).toBe(true);
  expect(budget({ usedPermille: 15, windowMs: 1_800 })).toBe(false);
  expect(budget({ usedPermille: null })).toBe(false);
  expect(budget({ usedPermille: 15, budgetPermille: null })).toBe(false);
});
