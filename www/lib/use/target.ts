/** What a name and an init mean in a snapshot: which endpoint, which method. Everything that is wrong is refused here, before the network. */
import type { Endpoint, Method, Protocol, Snapshot } from '../types.js';
import { UseError } from './errors.js';

/** More choices than these help nobody. */
const MOST_CHOICES = 20;

/** Kinds of evidence that name all methods of an endpoint; what they leave out is not there. */
const WHOLE = new Set(['catalog', 'openapi', 'options']);

/** An endpoint, and the method that its name stands for. */
export interface Target {
  readonly endpoint: Endpoint;
  readonly named: Method | undefined;
}

/** The endpoint of this name, if it is spoken to in one of these ways. */
export function targetOf({ names, endpoints }: Snapshot, name: string, protocols: readonly Protocol[], advice: string): Target {
  const entry = Object.hasOwn(names, name) ? names[name] : undefined;
  if (!entry) {
    throw new UseError('unknown-endpoint', `no endpoint is named '${name}'; known are: ${listed(Object.keys(names))}`);
  }
  if ('choices' in entry) {
    throw new UseError('ambiguous-endpoint', `'${name}' names several endpoints; use one of: ${listed(entry.choices)}`);
  }
  const endpoint = endpoints[entry.endpoint];
  if (!endpoint) throw new UseError('unknown-endpoint', `'${name}' names an endpoint that is not there`);
  if (!protocols.includes(endpoint.protocol)) {
    throw new UseError('wrong-protocol', `'${name}' speaks ${endpoint.protocol}; ${advice}`);
  }
  return { endpoint, named: entry.method };
}

/** The method to send: the caller's, else the one that the name stands for, else the endpoint's only one. */
export function methodOf(name: string, { endpoint: { methods }, named }: Target, wanted: string | undefined): string {
  const known = Object.keys(methods);
  // As `fetch` does for some of them; HTTP has no other method in lower case.
  const method = (wanted ?? named ?? (known.length === 1 ? known[0] : undefined))?.toUpperCase();
  if (!method) {
    throw new UseError('no-method', `'${name}' has several methods; say which as init.method: ${listed(known)}`);
  }
  if (!Object.hasOwn(methods, method) && Object.values(methods).some((evidence) => WHOLE.has(evidence))) {
    throw new UseError('method-not-allowed', `'${name}' has no ${method}; it has: ${listed(known)}`);
  }
  return method;
}

function listed(choices: readonly string[]): string {
  const shown = choices.slice(0, MOST_CHOICES).join(', ');
  return choices.length > MOST_CHOICES ? `${shown}, … (${choices.length} in all)` : shown || 'none';
}
