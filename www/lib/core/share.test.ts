import { describe, expect, it } from 'vitest';
import { share } from './share.js';

describe('share', () => {
  it('gives back the old object when nothing changed', () => {
    const before = share(undefined, { a: [1, { b: null }], c: 'x' });
    expect(share(before, { c: 'x', a: [1, { b: null }] })).toBe(before);
  });

  it('keeps the identity of the parts that did not change', () => {
    const before = share(undefined, { a: { deep: [1] }, b: { n: 1 } });
    const after = share(before, { a: { deep: [1] }, b: { n: 2 } });
    expect(after).not.toBe(before);
    expect(after.a).toBe(before.a);
    expect(after).toEqual({ a: { deep: [1] }, b: { n: 2 } });
  });

  it('freezes every part', () => {
    const value = share(undefined, { a: [{ b: {} }] });
    expect([value, value.a, value.a[0], value.a[0]?.b].every(Object.isFrozen)).toBe(true);
  });

  it('tells a missing member from an undefined one, a list from an object, and a longer list from a shorter one', () => {
    for (const [before, after] of [[{ a: undefined }, { b: undefined }], [[], {}], [[1], [1, 2]], [[1, 2], [1]], [{}, { a: 1 }], [{ a: 1 }, {}]]) {
      const old = share(undefined, before);
      expect(share(old, after)).toBe(after);
    }
  });

  it('takes members named as those of Object.prototype for what they are', () => {
    const hostile = () => JSON.parse('{"__proto__": {}, "constructor": {"x": 1}, "hasOwnProperty": 1}') as object;
    const before = share(undefined, { y: 1 });
    const after = share(before, hostile());
    expect(JSON.stringify(after)).toBe(JSON.stringify(hostile()));
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    expect(share(after, hostile())).toBe(after);
  });

  it('leaves a value alone that is frozen already', () => {
    const first = share(undefined, { config: { list: [1], other: 1 } });
    const config = first.config;
    const second = share(first, { config: { list: [1], other: 2 } });
    const third = share(second, { config });
    expect(third.config).toBe(config);
    expect(third).toEqual({ config: { list: [1], other: 1 } });
  });
});
