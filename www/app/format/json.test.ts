import { expect, test } from 'vitest';
import { formatJson, jsonType } from './json';

test('a value is indented JSON', () => {
  expect(formatJson({ a: [1, null] })).toEqual({ text: '{\n  "a": [\n    1,\n    null\n  ]\n}', omitted: 0 });
  expect(formatJson('<b>').text).toBe('"<b>"');
});

test('a long value is cut, and says by how much', () => {
  const { text, omitted } = formatJson('x'.repeat(100), 40);
  expect(text).toHaveLength(41);
  expect(omitted).toBe(102 - 40);
});

test('a value that JSON cannot say is named, not thrown', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  expect(formatJson(circular).text).toBe('(a value that JSON cannot express)');
  expect(formatJson(undefined).text).toBe('(undefined)');
  expect(formatJson(1n).text).toBe('(a value that JSON cannot express)');
});

test('types are those of JSON', () => {
  expect([null, [], {}, 'a', 1, true].map(jsonType)).toEqual(['null', 'array', 'object', 'string', 'number', 'boolean']);
});
