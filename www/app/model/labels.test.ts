import { expect, test } from 'vitest';
import { MAX_CHOICES, labelChoices, readLabels } from './labels';

const read = (services: unknown) => readLabels({ landfall: 1, services }, null);

test('each service has its labels, in the order of their keys', () => {
  const labels = read([{ name: 'a', labels: { tier: 'back end', team: 'shop' } }, { name: 'b' }, { name: 'c', labels: {} }]);
  expect([...labels ?? []]).toEqual([['a', ['team=shop', 'tier=back end']]]);
});

test('what is no label is left out, and what is no catalog is none', () => {
  expect([...read([{ name: 'a', labels: { team: 7, ['x'.repeat(65)]: 'y', ok: 'z'.repeat(129), tier: '' } }, { labels: { a: 'b' } }, 'x']) ?? []]).toEqual([['a', ['tier=']]]);
  for (const body of [null, [], 'ok', {}, { services: {} }]) expect(readLabels(body, null)).toBeNull();
});

test('while nothing changes the same object is returned', () => {
  const first = read([{ name: 'a', labels: { team: 'shop' } }]);
  const again = (team: string) => readLabels({ services: [{ name: 'a', url: 'new', labels: { team } }] }, first);
  expect(again('shop')).toBe(first);
  expect(again('search')).not.toBe(first);
});

test('of very many labels those of most services can be chosen', () => {
  const many = Array.from({ length: MAX_CHOICES + 50 }, (_, index) => ({ name: `s${index}`, labels: { build: String(index), team: 'shop' } }));
  const choices = labelChoices(read(many) ?? new Map());
  expect(choices).toHaveLength(MAX_CHOICES);
  expect(choices).toContain('team=shop');
  expect([...choices].sort()).toEqual(choices);
});
