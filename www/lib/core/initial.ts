/**
 * The snapshot that the options alone give: what the page has before anything was heard, and what the
 * watchdog settles on when nothing ever is.
 */
import type { ClientOptions, Endpoint, NameEntry, Snapshot, Status } from '../types.js';
import { toWebSocket } from './urls.js';

/** Reasons that the facade can give without the engine's chunk, where all other words are. */
export const WORDS = {
  starting: 'looking for the backend',
  cached: 'the last known good value of this browser',
  deadline: 'no usable value by the deadline',
  'engine-failed': 'the engine did not start',
  'no-candidates': 'there is no origin to ask',
  closed: 'the client was closed',
};

/** A code that the facade itself can give. */
export type EarlyCode = keyof typeof WORDS;

/** Builds the pending snapshot of these options. */
export function initialSnapshot({ fallback = {}, endpoints = [] }: ClientOptions): Snapshot {
  const baseUrl = fallback.baseUrl ?? 'http://localhost:8010';
  const names: Record<string, NameEntry> = {};
  return {
    ...reasonOf('pending', 'starting'),
    source: null,
    origin: null,
    rung: null,
    epoch: null,
    revision: null,
    baseUrl,
    wsBaseUrl: fallback.wsBaseUrl ?? toWebSocket(baseUrl),
    // A copy, because the snapshot is frozen and the caller's object is not ours to freeze.
    config: JSON.parse(JSON.stringify(fallback.config ?? {})) as Snapshot['config'],
    services: {},
    endpoints: endpoints.map(({ name, path, method, protocol = 'http' }, endpoint): Endpoint => {
      names[name] = method ? { endpoint, method } : { endpoint };
      return {
        service: null, name, path, protocol, methods: method ? { [method]: 'declared' } : {}, operations: {}, contradictions: [],
      };
    }),
    names,
  };
}

/** The status and its reason, to be spread into a snapshot. */
export function reasonOf(status: Status, code: EarlyCode, subject: string | null = null) {
  return { status, code, reason: WORDS[code] + (subject === null ? '' : ` (${subject})`), subject };
}
