/** `client.fetch`: one call is one or more tries, until an answer that counts or until its deadline. */
import type { FetchInit } from '../types.js';
import type { Shared } from './context.js';
import { UseError } from './errors.js';
import { createGate } from './gate.js';
import { ABANDONED, BARRED, planOf, retryAfterOf, TIMED_OUT, UNREACHABLE, type Plan, type Request as Call } from './plan.js';
import { methodOf, targetOf } from './target.js';
import { guard, showsWho } from './trust.js';
import { anyOf, orAborted, rest } from './wait.js';

/** Defaults of `options.use`. */
const DEADLINE = 10_000;
const RETRIES = 2;
const IN_FLIGHT = 32;
const QUEUED = 128;

/** The longest that a failed call waits for the engine. */
const ENGINE = 1_000;

/** Creates `client.fetch`. */
export function createFetch(shared: Shared) {
  const { options, snapshot, ready, closing, urlAt } = shared;
  const { deadline: usual = DEADLINE, retries: most = RETRIES, inFlight = IN_FLIGHT, queued = QUEUED } = options.use ?? {};
  const enter = createGate(inFlight, queued);

  return async (name: string, { deadline = usual, ...given }: FetchInit = {}): Promise<Response> => {
    const over = new AbortController();
    const timer = setTimeout(() => {
      over.abort(new UseError('timed-out', `'${name}' was not answered within ${deadline} ms`));
    }, Math.min(deadline, 2 ** 31 - 1));
    const signal = anyOf([over.signal, closing, ...(given.signal ? [given.signal] : [])]);
    const endsAt = performance.now() + deadline;
    try {
      await orAborted(ready(), signal);
      const leave = await enter(signal);
      try {
        return await tries(name, given, { signal, endsAt, isLate: () => over.signal.aborted });
      } finally {
        leave();
      }
    } finally {
      clearTimeout(timer);
    }
  };

  /** All tries of one call. */
  async function tries(
    name: string,
    { params, query, retries = most, ...init }: FetchInit,
    { signal, endsAt, isLate }: { signal: AbortSignal; endsAt: number; isLate: () => boolean },
  ): Promise<Response> {
    const target = targetOf(snapshot(), name, ['http', 'sse'], 'use client.socket');
    const method = methodOf(name, target, init.method);
    const replayable = !(init.body instanceof ReadableStream);
    const call = (): Call => ({
      service: target.endpoint.service, method, replayable, retries, deadline: Math.max(0, endsAt - performance.now()),
    });
    let engine = shared.engine();
    let plan: Plan = planOf(call(), engine, snapshot);
    let isOver = false;
    try {
      for (;;) {
        const { to, patience } = plan.way();
        const tried = await once(to, patience);
        if (!engine && 'error' in tried) {
          // The engine knows whether this can be healed, and may be on its way.
          await rest(ENGINE, signal, untilLoaded);
          engine = shared.engine();
          plan = planOf(call(), engine, snapshot);
          plan.way();
        }
        const pause = plan.ended(tried.status, tried.retryAfter);
        shared.note();
        if (pause < 0) {
          isOver = true;
          if ('error' in tried) throw tried.error;
          return tried.response;
        }
        if ('response' in tried) void tried.response.body?.cancel().catch(() => undefined);
        await rest(pause, signal, untilMoved);
      }
    } finally {
      if (!isOver) plan.ended(ABANDONED);
    }

    async function once(to: string | null, patience: number): Promise<Tried> {
      if (to === null) {
        const { service } = target.endpoint;
        const error = new UseError('circuit-open', `'${name}' failed too often${service ? ` at ${service}` : ''}, and is left alone for a moment`);
        return { status: BARRED, error };
      }
      const url = urlAt(to, target.endpoint.path, params, query);
      if (showsWho(init)) guard(name, url, shared);
      const attempt = new AbortController();
      // Without a try of its own to end, the deadline of the whole call is the try's.
      const timer = endsAt - performance.now() - patience > 1 ? setTimeout(() => { attempt.abort(); }, patience) : undefined;
      // An init that is no request throws here, and is no failure of the backend.
      const request = new Request(url, { ...init, method, signal: anyOf([signal, attempt.signal]) });
      try {
        const response = await fetch(request);
        return { status: response.status, retryAfter: retryAfterOf(response.headers), response };
      } catch (cause) {
        if (signal.aborted && !isLate()) throw signal.reason;
        const timedOut = isLate() || attempt.signal.aborted;
        const error = isLate()
          ? signal.reason as Error
          : new UseError(timedOut ? 'timed-out' : 'unreachable', `'${name}': nobody answered at ${url}`, { cause });
        return { status: timedOut ? TIMED_OUT : UNREACHABLE, error };
      } finally {
        clearTimeout(timer);
      }
    }

    /** Calls back when the engine has arrived, or will not. */
    function untilLoaded(wake: () => void): () => void {
      Promise.resolve(shared.loaded()).then(wake, wake);
      return () => undefined;
    }

    /** Calls back when the endpoint is somewhere else than now. */
    function untilMoved(wake: () => void): () => void {
      const where = () => {
        const { services, baseUrl } = snapshot();
        const { service } = target.endpoint;
        return service === null ? baseUrl : services[service];
      };
      const before = where();
      return shared.subscribe(() => { if (where() !== before) wake(); });
    }
  }
}

type Tried = { readonly status: number; readonly retryAfter?: number }
  & ({ readonly response: Response } | { readonly error: Error });
