import { describe, expect, test } from 'vitest';
import { clip, counted, linkTarget, sentence, shortUrl } from './text';

describe('clip', () => {
  test('leaves short text alone and cuts long text with an ellipsis, without splitting a character', () => {
    expect(clip('items-api')).toBe('items-api');
    expect(clip('abcdef', 4)).toBe('abc…');
    expect(clip('🚢🚢🚢', 2)).toBe('🚢…');
  });

  test('shows control and bidirectional control characters instead of obeying them', () => {
    expect(clip('safe\u202Etxt.exe')).toBe('safe\uFFFDtxt.exe');
    expect(clip('a\nb\u0000c\u2028d')).toBe('a\uFFFDb\uFFFDc\uFFFDd');
  });

  test('looks at no more of a huge text than it shows', () => {
    expect(clip('x'.repeat(5_000_000), 10)).toHaveLength(10);
  });
});

describe('linkTarget', () => {
  test('accepts http and https', () => {
    expect(linkTarget('http://127.0.0.1:8000/docs')).toBe('http://127.0.0.1:8000/docs');
    expect(linkTarget('HTTPS://example.org')).toBe('https://example.org/');
  });

  test.each([
    'javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', '/relative', '//host/', 'http://', 'http://user:pw@host/', 'file:///etc/passwd',
    `http://host/${'x'.repeat(3_000)}`,
  ])('refuses %j', (url) => {
    expect(linkTarget(url)).toBeUndefined();
  });
});

test('shortUrl drops the scheme and a closing slash, and nothing else', () => {
  expect(shortUrl('http://127.0.0.1:8000/')).toBe('127.0.0.1:8000');
  expect(shortUrl('https://host/api')).toBe('host/api');
  expect(shortUrl('ws://host')).toBe('ws://host');
});

test('counted agrees in number and groups digits', () => {
  expect(counted(1, 'service')).toBe('1 service');
  expect(counted(0, 'service')).toBe('0 services');
  expect(counted(12_345, 'entry', 'entries')).toBe('12,345 entries');
});

test('sentence begins with a capital and ends once', () => {
  expect(sentence('read from the backend')).toBe('Read from the backend.');
  expect(sentence('Lost!')).toBe('Lost!');
  expect(sentence('')).toBe('');
});
