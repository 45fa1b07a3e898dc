/**
 * A connection that all its users on the page share, and that outlives what carries it: it is opened again when it breaks,
 * and moves when its service does, the new one first and then the old one's end.
 */
import type { Handle } from '../core/handle.js';
import type { Shared } from './context.js';
import { ABANDONED, UNREACHABLE } from './plan.js';
import type { Place } from './place.js';

/** What carries a connection: a WebSocket, an EventSource. */
export interface Carrier {
  close(): void;
}

/** How a carrier ended. */
export interface End {
  readonly code?: number;
  readonly reason?: string;
  /** It is not to be opened again. */
  readonly last?: boolean;
  /** It tries again by itself. */
  readonly holds?: boolean;
}

/** What a carrier reports. */
export interface Reports {
  opened(): void;
  /** An event, made anew for every user. */
  told(event: () => Event): void;
  broken(end: End): void;
}

/** What a kind of connection is made of. */
export interface Kind<C extends Carrier> {
  readonly dial: (url: string, reports: Reports) => C;
  /** Called when the connection is open, with what carries it now. */
  readonly opened?: (carrier: C) => void;
}

/** The status of an open connection, as the engine is told it. */
const OPEN = 200;

interface Dialled<C> {
  readonly url: string;
  readonly carrier: C;
}

/** One shared connection. `ended` is called once, when nobody uses it any more or it is over. */
export class Connection<C extends Carrier> {
  readonly #users = new Set<Handle>();
  readonly #release: (() => void)[] = [];
  /** What carries it. */
  #current: Dialled<C> | undefined;
  /** What will, once it is open. */
  #next: Dialled<C> | undefined;
  #failedAt: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isResting = false;
  #isOver = false;

  constructor(
    private readonly shared: Shared,
    private readonly place: Place,
    private readonly kind: Kind<C>,
    private readonly ended: () => void,
  ) {}

  /** Opens it. */
  start(): void {
    this.#release.push(
      this.shared.subscribe(() => { this.#look(); }),
      when('online', () => { if (this.#timer !== undefined) this.#go(); }),
      // What is open keeps a page out of the back/forward cache.
      when('pagehide', () => { this.#rest(); }),
      when('pageshow', () => { if (this.#isResting) this.#go(); }),
    );
    this.#go();
  }

  /** What carries it, while it is open. */
  get carrier(): C | undefined {
    return this.#current?.carrier;
  }

  /** Adds a user, who is told at once when it is open already. */
  add(user: Handle): void {
    this.#users.add(user);
    if (this.#current) open(user);
  }

  /** Takes a user away; the last one closes the connection. */
  remove(user: Handle): void {
    user.state = 'closed';
    if (this.#users.delete(user) && this.#users.size === 0) this.close();
  }

  /** Ends it for everybody, and tells them so. */
  close(event?: () => Event): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const undo of this.#release.splice(0)) undo();
    this.#drop();
    this.place.ended(ABANDONED);
    this.ended();
    this.#tell('closed', event);
    this.#users.clear();
  }

  /** Lets go of everything that is open or about to be. */
  #drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next?.carrier.close();
    this.#current?.carrier.close();
    this.#next = this.#current = undefined;
  }

  /** The page goes away, perhaps to come back. */
  #rest(): void {
    const wasOpen = this.#current !== undefined;
    this.#drop();
    this.#isResting = true;
    if (wasOpen) this.#tell('connecting', () => Object.assign(new Event('close'), { willReopen: true }));
  }

  #tell(state: Handle['state'] | undefined, event?: () => Event): void {
    for (const user of [...this.#users]) {
      if (state) user.state = state;
      if (event) user.dispatchEvent(event());
    }
  }

  /** The snapshot has changed: is this still the place? */
  #look(): void {
    if (this.#isResting) return;
    const url = this.place.url();
    if (url !== (this.#next?.url ?? this.#current?.url ?? this.#failedAt)) this.#go(url);
  }

  /** Opens what carries it at `url`. What carries it now goes on until then. */
  #go(url = this.place.url()): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isResting = false;
    this.#next?.carrier.close();
    this.#next = undefined;
    if (this.#current?.url === url) return;
    const here: { carrier?: C } = {};
    const isMine = (dialled: Dialled<C> | undefined): dialled is Dialled<C> => !!dialled && dialled.carrier === here.carrier;
    try {
      here.carrier = this.kind.dial(url, {
        opened: () => {
          const dialled = [this.#next, this.#current].find(isMine);
          if (dialled) this.#opened(dialled);
        },
        told: (event) => {
          if (isMine(this.#current)) this.#tell(undefined, event);
        },
        broken: (end) => {
          const wasOpen = isMine(this.#current);
          if (wasOpen || isMine(this.#next)) this.#broken(url, end, wasOpen);
        },
      });
      this.#next = { url, carrier: here.carrier };
    } catch (error) {
      // The browser refuses to try: mixed content, a protocol that is none.
      this.close(() => Object.assign(new Event('error'), { error }));
    }
  }

  #opened(dialled: Dialled<C>): void {
    const others = [this.#next, this.#current];
    this.#current = dialled;
    this.#next = undefined;
    this.#failedAt = undefined;
    this.place.ended(OPEN);
    this.shared.note();
    for (const other of others) if (other?.carrier !== dialled.carrier) other?.carrier.close();
    this.kind.opened?.(dialled.carrier);
    for (const user of [...this.#users]) open(user);
  }

  /** What carried it, or should have, is over: told to its users, and to the engine, who says when to try again. */
  #broken(url: string, { code, reason, last = false, holds = false }: End, wasOpen: boolean): void {
    const event = () => Object.assign(new Event('close'), { code, reason, willReopen: !last });
    if (last) {
      this.close(event);
      return;
    }
    if (!holds && wasOpen) this.#current = undefined;
    else if (!holds) this.#next = undefined;
    if (wasOpen) this.#tell('connecting', event);
    this.#failedAt = url;
    const pause = this.place.ended(UNREACHABLE);
    this.shared.note();
    // What tries again by itself is left to it, as long as there is no better place.
    if (holds) this.#look();
    else if (!this.#next) this.#timer = setTimeout(() => { this.#go(); }, Math.max(pause, 0));
  }
}

function open(user: Handle): void {
  user.state = 'open';
  user.dispatchEvent(new Event('open'));
}

/** Calls back at an event of the window, where there is one. */
function when(event: string, listener: () => void): () => void {
  if (typeof addEventListener !== 'function') return () => undefined;
  addEventListener(event, listener);
  return () => { removeEventListener(event, listener); };
}
