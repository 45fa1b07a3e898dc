// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { STATUS_BODY, reading, status, statusReading } from '../../testing/fixtures';
import type { StatusReading } from '../../feeds/status-feed';
import { BudgetView } from './budget-view';

afterEach(cleanup);

const text = (): string => document.body.textContent.replaceAll('\u00A0', ' ');
const show = (budget: Partial<typeof STATUS_BODY.budget> = {}, memory: Partial<typeof STATUS_BODY.memory> = {}) => {
  const value = statusReading().value;
  if (value === null) throw new Error('the fixture has a value');
  const now = status({ ...STATUS_BODY, budget: { ...STATUS_BODY.budget, ...budget }, memory: { ...STATUS_BODY.memory, ...memory } });
  const samples = value.samples.map((sample) => ({ ...sample, heldBytes: now.memory.heldBytes }));
  render(<BudgetView reading={reading({ samples, status: now })} />);
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

describe('a memory ceiling', () => {
  const MIB = 1_024 * 1_024;
  const ceiling = { held_bytes: 30 * MIB, ceiling_bytes: 32 * MIB };

  test('is drawn over what is compared with it, and says nothing while all is kept', () => {
    show({ overdue: 0 }, ceiling);
    const label = screen.getByRole('img', { name: /^Memory in use/ }).getAttribute('aria-label');
    expect(label?.replaceAll('\u00A0', ' ')).toContain('30 MiB now, at most 30 MiB, 32 MiB allowed');
    expect(text()).not.toContain('ceiling');
  });

  test.each([['no_history', 'near its ceiling of 32 MiB'], ['no_new_services', 'at its ceiling of 32 MiB: nothing new is found or registered']])('at %s says what is missing and what to do', (level, said) => {
    show({ overdue: 0 }, { ...ceiling, level });
    expect(text()).toContain(said);
    expect(text()).toContain('budget.memory');
  });
});

test('before the first answer there are shapes, without a daemon there is a sentence, and no number', () => {
  const { rerender } = render(<BudgetView reading={reading<StatusReading>(null)} />);
  expect(document.querySelectorAll('.skeleton')).toHaveLength(1);
  rerender(<BudgetView reading={reading<StatusReading>(null, { lostSince: 1 })} />);
  expect(text()).toContain('The daemon does not answer.');
  expect(screen.queryByRole('img')).toBeNull();
});
