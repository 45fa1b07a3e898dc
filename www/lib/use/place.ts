/** Where a connection leads: one endpoint, beside which instance the engine says. It follows what the page knows of both. */
import type { Params } from '../types.js';
import type { Shared } from './context.js';
import { ABANDONED, planOf, type Plan } from './plan.js';
import type { Target } from './target.js';

/** An endpoint with the values of its URL. */
export interface Address {
  readonly name: string;
  readonly params: Params | undefined;
  readonly query: Params | undefined;
  /** Whether it is a WebSocket's. */
  readonly socket: boolean;
}

/** One connection's place. */
export class Place {
  #target: Target;
  #plan: Plan | undefined;
  #plannedFor: unknown[] = [];

  constructor(
    private readonly shared: Shared,
    private readonly address: Address,
    target: Target,
  ) {
    this.#target = target;
  }

  /** The name of the endpoint. */
  get name(): string {
    return this.address.name;
  }

  /** The URL to connect to now. */
  url(): string {
    const snapshot = this.shared.snapshot();
    const { name, params, query, socket } = this.address;
    const entry = snapshot.names[name];
    // A name that means nothing for the moment, as while the backend is lost, means what it meant.
    const endpoint = entry && 'endpoint' in entry ? snapshot.endpoints[entry.endpoint] : undefined;
    if (endpoint) this.#target = { ...this.#target, endpoint };
    const base = this.shared.baseOf(snapshot, socket, undefined, this.#planned().way().to ?? undefined);
    return this.shared.urlAt(base, this.#target.endpoint.path, params, query);
  }

  /** As `Plan.ended`. */
  ended(status: number): number {
    return this.#planned().ended(status);
  }

  /** A plan of the engine that there is now, for the service that the endpoint belongs to now. */
  #planned(): Plan {
    const { service } = this.#target.endpoint;
    const engine = this.shared.engine();
    if (!this.#plan || engine !== this.#plannedFor[0] || service !== this.#plannedFor[1]) {
      this.#plan?.ended(ABANDONED);
      this.#plan = planOf({ service, method: '', replayable: true, retries: 0, deadline: 0 }, engine, this.shared.snapshot);
      this.#plannedFor = [engine, service];
    }
    return this.#plan;
  }
}
