/**
 * What `client.socket` and `client.events` return at once, before the chunk that brings it to life is there. What is sent
 * until then waits; `www/lib/use` takes over.
 */
import type { ConnectionState, Unsubscribe } from '../types.js';

/** One user's end of a shared connection. */
export class Handle extends EventTarget {
  state: ConnectionState = 'connecting';
  /** What was sent before anybody could send it: at most 99 messages. */
  early: unknown[] = [];

  send(data: unknown): boolean {
    return this.state !== 'closed' && this.early.length < 99 && !!this.early.push(data);
  }

  close(): void {
    this.state = 'closed';
  }

  on(type: string, listener: (event: never) => void): Unsubscribe {
    this.addEventListener(type, listener as EventListener);
    return () => { this.removeEventListener(type, listener as EventListener); };
  }

  /** It will never open. */
  fail(error: unknown): void {
    this.close();
    this.dispatchEvent(Object.assign(new Event('error'), { error }));
  }
}
