// What is bounded, and what happens at the bound.
import { describe, expect, it } from 'vitest';
import { createGate } from './gate.js';
import { createOutbox } from './outbox.js';
import { retryAfterOf } from './plan.js';
import { anyOf, orAborted, rest } from './wait.js';

const never = new AbortController().signal;

describe('the gate', () => {
  it('lets so many in, has so many wait in their order, and refuses the next one', async () => {
    const enter = createGate(2, 2);
    const [one, two] = [await enter(never), await enter(never)];
    const order: number[] = [];
    const waiting = [1, 2].map((n) => enter(never).then((leave) => (order.push(n), leave)));
    await expect(enter(never)).rejects.toMatchObject({ code: 'too-many' });
    one();
    await waiting[0];
    expect(order).toEqual([1]);
    two();
    const [three, four] = await Promise.all(waiting);
    expect(order).toEqual([1, 2]);
    three?.();
    four?.();
    await Promise.all([enter(never), enter(never)]);
  });

  it('keeps no place for who does not wait any more', async () => {
    const enter = createGate(1, 1);
    const leave = await enter(never);
    const controller = new AbortController();
    const gone = enter(controller.signal);
    controller.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    const next = enter(never);
    leave();
    (await next)();
    await expect(enter(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    await enter(never);
  });
});

describe('the outbox', () => {
  it('is bounded in messages and in bytes, with what the socket holds', () => {
    const outbox = createOutbox({ messages: 3, bytes: 100 });
    expect(outbox.fits('x'.repeat(100))).toBe(true);
    expect(outbox.fits('x'.repeat(101))).toBe(false);
    expect(outbox.fits('x'.repeat(60), 41)).toBe(false);
    outbox.add(new Uint8Array(50));
    expect(outbox.fits(new Blob(['x'.repeat(51)]))).toBe(false);
    outbox.add('a');
    outbox.add(new ArrayBuffer(1));
    expect(outbox.fits('')).toBe(false);
    const sent: unknown[] = [];
    outbox.drain((data) => sent.push(data));
    expect(sent).toEqual([new Uint8Array(50), 'a', new ArrayBuffer(1)]);
    expect(outbox.fits('x'.repeat(100))).toBe(true);
  });
});

describe('Retry-After', () => {
  const read = (value?: string) => retryAfterOf(new Headers(value === undefined ? {} : { 'retry-after': value }));

  it('is read in seconds and as a date, and anything else is none', () => {
    expect(read('7')).toBe(7_000);
    expect(read(' 0 ')).toBe(0);
    const wait = read(new Date(Date.now() + 60_000).toUTCString());
    expect(wait).toBeGreaterThan(50_000);
    expect(wait).toBeLessThanOrEqual(60_000);
    for (const value of [undefined, '', 'soon', '-5', 'Sun, 06 Nov 1994 08:49:37 GMT']) expect(read(value)).toBe(0);
  });
});

describe('waiting', () => {
  it('ends by time, by a change, and by a signal', async () => {
    let undone = 0;
    const change = () => () => { undone++; };
    await rest(1, never, change);
    await rest(60_000, never, (wake) => {
      queueMicrotask(wake);
      return change();
    });
    const controller = new AbortController();
    const waiting = rest(60_000, controller.signal, change);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(undone).toBe(3);
    await expect(orAborted(Promise.resolve(1), AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  it('is one signal made of several, with or without the browser\'s help', () => {
    const any = Object.getOwnPropertyDescriptor(AbortSignal, 'any');
    for (const helped of [true, false]) {
      try {
        if (!helped) delete (AbortSignal as { any?: unknown }).any;
        const [one, two] = [new AbortController(), new AbortController()];
        const both = anyOf([one.signal, two.signal]);
        expect(both.aborted).toBe(false);
        two.abort('second');
        one.abort('first');
        expect([both.aborted, both.reason]).toEqual([true, 'second']);
        expect(anyOf([one.signal, AbortSignal.abort('other')]).reason).toBe('first');
      } finally {
        if (any) Object.defineProperty(AbortSignal, 'any', any);
      }
    }
  });
});
