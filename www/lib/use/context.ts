/** What the facade hands to this chunk, once, and what its parts share. */
import type { Engine } from '../core/boundary.js';
import type { baseOf, urlAt } from '../core/urls.js';
import type { ClientOptions, Snapshot, Unsubscribe } from '../types.js';

/**
 * The facade as this chunk sees it. The functions come along by hand: a module that this chunk shared with the entry would be
 * a file of its own, and every file is a request and compressed by itself.
 */
export interface Context {
  readonly baseOf: typeof baseOf;
  readonly urlAt: typeof urlAt;
  readonly options: ClientOptions;
  /** Where the page or worker is; `undefined` on a server. */
  readonly page: Location | undefined;
  readonly snapshot: () => Snapshot;
  readonly ready: () => Promise<Snapshot>;
  readonly subscribe: (listener: () => void) => Unsubscribe;
  readonly engine: () => Engine | undefined;
  /** Settles when the engine has arrived, or will not. */
  readonly loaded: () => Promise<void> | undefined;
}

/** The context, and the end of everything that is under way. */
export interface Shared extends Context {
  /** Aborted when the client is closed. */
  readonly closing: AbortSignal;
  /** There may be something to tell the daemon. */
  readonly note: () => void;
}
