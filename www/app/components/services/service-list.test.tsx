// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { serviceEntry } from '../../testing/fixtures';
import { ServiceList } from './service-list';
import { rowAfterKey } from './row-keys';

const matches = ['alpha', 'beta', 'gamma'].map((name) => ({ service: serviceEntry(name), endpoints: [] }));

afterEach(cleanup);

const focused = (): string | null => document.activeElement?.textContent ?? null;
const press = (key: string): void => {
  if (document.activeElement !== null) fireEvent.keyDown(document.activeElement, { key });
};

test('Tab leads to one row: the chosen one, else the first', () => {
  const { rerender } = render(<ServiceList matches={matches} report={null} drift={null} selected={null} />);
  const stops = () => screen.getAllByRole('link').filter(({ tabIndex }) => tabIndex === 0).map(({ textContent }) => textContent);
  expect(stops()).toEqual(['alpha']);
  rerender(<ServiceList matches={matches} report={null} drift={null} selected="gamma" />);
  expect(stops()).toEqual(['gamma']);
});

test('the arrow keys, Home and End lead to the other rows and stop at the ends', () => {
  vi.spyOn(window, 'scrollBy').mockImplementation(() => undefined);
  render(<ServiceList matches={matches} report={null} drift={null} selected={null} />);
  act(() => screen.getByRole('link', { name: 'alpha' }).focus());
  press('ArrowDown');
  expect(focused()).toBe('beta');
  press('End');
  expect(focused()).toBe('gamma');
  press('ArrowDown');
  expect(focused()).toBe('gamma');
  press('Home');
  expect(focused()).toBe('alpha');
});

test('the arrow keys go on from a row that was focused by a click', () => {
  vi.spyOn(window, 'scrollBy').mockImplementation(() => undefined);
  render(<ServiceList matches={matches} report={null} drift={null} selected={null} />);
  act(() => screen.getByRole('link', { name: 'alpha' }).focus());
  press('ArrowDown');
  act(() => screen.getByRole('link', { name: 'gamma' }).focus());
  press('ArrowUp');
  expect(focused()).toBe('beta');
});

test('other keys are left to the browser', () => {
  expect(rowAfterKey('a', 1, 3)).toBeNull();
  expect(rowAfterKey('Enter', 1, 3)).toBeNull();
  expect(rowAfterKey('PageDown', 1, 100)).toBe(11);
  expect(rowAfterKey('PageUp', 1, 100)).toBe(0);
});
