import { expect, it } from 'vitest';
import reasons from '../../../crates/protocol/src/reason.rs?raw';
import refusals from '../../../crates/protocol/src/refused.rs?raw';
import { WORDS } from './initial.js';
import { inWords, reasonInWords } from './words.js';

const codes = [...`${reasons}${refusals}`.matchAll(/Self::\w+ => "([a-z]+(?:-[a-z]+)*)",/g)].map(([, code]) => code ?? '');

it('finds the codes in the sources', () => {
  expect(codes).toEqual(expect.arrayContaining(['live', 'deadline', 'nobody-listening', 'bad-url', 'too-old']));
});

it.each(codes)('every code has its words: %s', (code) => {
  expect(inWords(code)).toContain(' ');
});

it.each(Object.entries(WORDS))('the facade says it as the engine does: %s', (code, words) => {
  expect(inWords(code)).toBe(words);
});

it('a reason names what it is about', () => {
  expect(reasonInWords({ code: 'timed-out', subject: 'http://localhost:8000' })).toBe('it did not answer in time (http://localhost:8000)');
  expect(reasonInWords({ code: 'brand-new', subject: null })).toBe('brand-new');
});
