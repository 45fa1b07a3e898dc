// Chance from a seed, so that a run can be told to happen again.

/** A generator of numbers from 0 up to 1 (xorshift32). */
export function random(seed) {
  let state = (seed >>> 0) || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** One of `items`. */
export const oneOf = (chance, items) => items[Math.floor(chance() * items.length)];
