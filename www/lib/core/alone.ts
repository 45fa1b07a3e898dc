/**
 * What the page itself says, where there is no engine to read it: it could not be loaded, or a server needs none.
 *
 * The same places as `src/effects/page.rs`, and of a value only what needs no decision: the config values, and the
 * bases that they name. Services and endpoints of a catalog are the engine's to judge.
 */
import type { Snapshot } from '../types.js';
import type { EngineEvent } from './boundary.js';
import { reasonInWords } from './words.js';

/** As the engine looks: soon for the event that was missed, then ever more rarely, in milliseconds. */
const LOOKS = { first: 100, later: 250, most: 5_000 };
/** The largest value, in characters: as much as the engine takes in bytes. */
const MAX_LENGTH = 4 << 20;

/** What the facade knows. */
export interface Alone {
  readonly initial: Snapshot;
  /** Why there is no engine; `null` where none is needed. */
  readonly failure: string | null;
  /** What was handed in last, as JSON text. */
  readonly provided: string | undefined;
  readonly publish: (snapshot: Snapshot, events: readonly EngineEvent[]) => void;
  /** Where the page or worker is; `undefined` on a server. */
  readonly page: Location | undefined;
  /** The engine, if it came in the end. */
  readonly engine: () => unknown;
}

/** How to end what looks for a client, which is known by what it publishes with. */
const running = new WeakMap<Alone['publish'], () => void>();

/**
 * Publishes what the page provides, now and whenever it appears, until there is an engine; a server is looked at once.
 * Takes the place of what was started before for the same client. Returns the end.
 */
export function startAlone(alone: Alone): () => void {
  const { provided, publish, page, engine } = alone;
  running.get(publish)?.();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen: string | undefined;
  const look = (pause: number, next: number) => {
    if (engine()) return;
    for (const read of [() => provided, ofGlobal, ofScript]) {
      try {
        const text = read();
        const value = text && text.length <= MAX_LENGTH && toObject(JSON.parse(text));
        if (!text || !value) continue;
        if (text !== seen) publish(toSnapshot(alone, value), [{ type: 'config-ready', detail: {} }]);
        seen = text;
        break;
      } catch {
        // Not JSON, too deep, or a getter that throws: as if it were not there.
      }
    }
    if (page) timer = setTimeout(look, pause, next, Math.min(next * 2, LOOKS.most));
  };
  const end = () => clearTimeout(timer);
  running.set(publish, end);
  look(LOOKS.first, LOOKS.later);
  return end;
}

function ofGlobal(): string | undefined {
  const { __LANDFALL_CONFIG__: value } = globalThis as { __LANDFALL_CONFIG__?: unknown };
  return JSON.stringify(value);
}

function ofScript(): string | null | undefined {
  return (globalThis as { document?: Document }).document?.getElementById('landfall-config')?.textContent;
}

/** An object that is no list. */
function toObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function toSnapshot({ initial, failure }: Alone, value: Record<string, unknown>): Snapshot {
  const config = 'landfall' in value ? toObject(value.config) ?? {} : value;
  const baseUrl = toBase(config.API_BASE_URL, 'http');
  const about = { code: failure === null ? 'provided' : 'engine-failed', subject: failure };
  return {
    ...initial,
    ...about,
    status: 'provided',
    reason: reasonInWords(about),
    source: 'provided',
    baseUrl: baseUrl ?? initial.baseUrl,
    wsBaseUrl: toBase(config.WS_BASE_URL, 'ws') ?? baseUrl?.replace(/^http/, 'ws') ?? initial.wsBaseUrl,
    config,
  };
}

/** An absolute URL of this scheme or its secure kind, without user, query and fragment; no slash at its end. */
function toBase(value: unknown, scheme: string): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, host, pathname, username, password, search, hash } = new URL(value);
  const isPlain = [`${scheme}:`, `${scheme}s:`].includes(protocol) && !(username || password || search || hash);
  return isPlain ? `${protocol}//${host}${pathname}`.replace(/\/+$/, '') : undefined;
}
