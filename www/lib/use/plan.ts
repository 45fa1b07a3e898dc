/**
 * Where to go and whether to try again: the engine's decisions, and what is left without one (the page's own URLs, no
 * retries, no circuit breaker).
 */
import type { Engine } from '../core/boundary.js';
import type { Snapshot } from '../types.js';

/** How a try ended where no status tells it; `src/usage.rs` has the other side. */
export const UNREACHABLE = 0;
export const TIMED_OUT = 1;
export const BARRED = 2;
export const ABANDONED = 3;

/** What the engine is told of a call. */
export interface Request {
  /** The service; `null` for what runs at the base URL. */
  readonly service: string | null;
  /** The method; empty for a connection that lasts. */
  readonly method: string;
  /** Whether the body can be sent again. */
  readonly replayable: boolean;
  readonly retries: number;
  /** Milliseconds from now. */
  readonly deadline: number;
}

/** A base URL, `null` when nothing is to be sent; and how many milliseconds to wait for an answer there. */
export interface Way {
  readonly to: string | null;
  readonly patience: number;
}

/** One call. */
export interface Plan {
  way(): Way;
  /** Takes in how a try ended; the pause before the next one in milliseconds, negative when there is none. */
  ended(status: number, retryAfter?: number): number;
}

/** The longest time that fits the engine's numbers; longer ones are as good as this. */
const LONGEST = 2 ** 31 - 1;

/** Without an engine a connection is opened again after this, and as much again by chance. */
const REOPEN = 2_000;

/** Plans a call with the engine, as soon as there is one. */
export function planOf(request: Request, engine: Engine | undefined, snapshot: () => Snapshot): Plan {
  const { service, method, replayable, retries, deadline } = request;
  const plainly = (): Way => {
    const { services, baseUrl } = snapshot();
    return { to: (service === null ? null : services[service]?.url) ?? baseUrl, patience: deadline };
  };
  const reopen = () => (method ? -1 : REOPEN * (1 + Math.random()));
  if (!engine) {
    return { way: plainly, ended: (status) => (status === ABANDONED ? -1 : reopen()) };
  }
  const id = engine.begin(service ?? '', method, replayable, retries, Math.min(deadline, LONGEST));
  return {
    way: () => engine.route(id) ?? plainly(),
    ended: (status, retryAfter = 0) => engine.ended(id, status, Math.min(retryAfter, LONGEST)),
  };
}

/** `Retry-After` in milliseconds, 0 when there is none (RFC 9110 section 10.2.3). */
export function retryAfterOf(headers: Headers): number {
  const value = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? Math.ceil(ms) : 0;
}
