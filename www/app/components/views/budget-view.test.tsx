// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { STATUS_BODY, reading, status, statusReading } from '../../testing/fixtures';
import type { StatusReading } from '../../feeds/status-feed';
import { BudgetView } from './budget-view';

afterEach(cleanup);

const text = (): string => document.body.textContent.replaceAll('\u00A0', ' ');
const show = (budget: Partial<typeof STATUS_BODY.budget> = {}) => {
  const value = statusReading().value;
  if (value === null) throw new Error('the fixture has a value');
  render(<BudgetView reading={reading({ ...value, status: status({ ...STATUS_BODY, budget: { ...STATUS_BODY.budget, ...budget } }) })} />);
};

test('each measure is plotted over time, the CPU against what is allowed', () => {
  show();
  const label = (name: RegExp) => screen.getByRole('img', { name }).getAttribute('aria-label')?.replaceAll('\u00A0', ' ');
  expect(label(/^CPU/)).toBe('CPU, mean of a minute over the last 2 min: 0.62 % now, at most 0.62 %, 1 % allowed.');
  expect(label(/^Oldest verdict/)).toBe('Oldest verdict over the last 2 min: 8.7 s now, at most 8.7 s.');
  expect(label(/^Pace/)).toContain('84 % now');
  expect(label(/^Resident memory/)).toContain('4.3 MiB now');
  expect(document.querySelectorAll('.plot-limit')).toHaveLength(1);
});

describe('what can be done is said', () => {
  test('when checks wait for budget', () => {
    show();
    expect(text()).toContain('4 checks are due and wait for budget.');
    expect(text()).toContain('budget.cpu_percent');
  });

  test('when the budget was exceeded', () => {
    show({ used_permille: 20 });
    expect(text()).toContain('More than the budget was used');
  });

  test('and when there is nothing to do, that is said', () => {
    show({ overdue: 0 });
    expect(text()).toContain('Every check is made when it is due.');
  });
});

test('before the first answer there are shapes, without a daemon there is a sentence, and no number', () => {
  const { rerender } = render(<BudgetView reading={reading<StatusReading>(null)} />);
  expect(document.querySelectorAll('.skeleton')).toHaveLength(1);
  rerender(<BudgetView reading={reading<StatusReading>(null, { lostSince: 1 })} />);
  expect(text()).toContain('The daemon does not answer.');
  expect(screen.queryByRole('img')).toBeNull();
});
