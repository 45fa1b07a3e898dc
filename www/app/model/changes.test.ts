import { expect, test } from 'vitest';
import { snapshot } from '../testing/fixtures';
import { changeText } from './changes';

const now = snapshot([]);

test('each event is a sentence', () => {
  expect(changeText({ type: 'service-relocated', detail: { service: 'items-api', from: 'http://h:1', to: 'http://h:2' }, snapshot: now })).toBe('items-api moved from http://h:1 to http://h:2.');
  expect(changeText({ type: 'endpoints-changed', detail: { added: ['PUT a/x'], removed: [] }, snapshot: now })).toBe('Added: PUT a/x.');
  expect(changeText({ type: 'config-updated', detail: {}, snapshot: now })).toBe('The catalog is now at revision 42.');
  expect(changeText({ type: 'discovery-failed', detail: { code: 'unreachable', subject: 'http://h' }, snapshot: now })).toBe('unreachable: http://h');
});

test('many endpoints are counted', () => {
  const removed = Array.from({ length: 9 }, (_, index) => `GET a/${index}`);
  expect(changeText({ type: 'endpoints-changed', detail: { added: [], removed }, snapshot: now })).toBe('Removed: GET a/0, GET a/1, GET a/2, GET a/3, GET a/4 and 4 more.');
});
