/**
 * From a name to a URL: reads of a snapshot, without state and without the engine.
 *
 * Path templates follow RFC 6570 level 1, as OpenAPI uses them; a variable marked `:path` (Starlette) keeps its
 * slashes. `crates/protocol/src/template.rs` has the same rules.
 */
import type { Endpoint, Params, Snapshot } from '../types.js';

/** `http:` becomes `ws:`, `https:` becomes `wss:`. */
export const toWebSocket = (url: string): string => url.replace(/^http/, 'ws');

/** The own member `key`; never one that a prototype has. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The endpoint that `name` means in `snapshot`. Throws with the choices when there are several. */
export function endpointOf(snapshot: Snapshot, name: string): Endpoint | undefined {
  const entry = own(snapshot.names, name);
  if (!entry) return undefined;
  if ('choices' in entry) {
    throw new Error(`landfall: '${name}' is one of ${entry.choices.join(', ')}`);
  }
  return snapshot.endpoints[entry.endpoint];
}

/** The absolute URL of an endpoint, of a path below the base, or of the base itself. */
export function urlOf(snapshot: Snapshot, socket: boolean, name?: string, params?: Params, query?: Params): string {
  const endpoint = name ? endpointOf(snapshot, name) : undefined;
  const base = baseOf(snapshot, socket, endpoint);
  return endpoint ? urlAt(base, endpoint.path, params, query) : join(base, name ?? '') + search(query);
}

/** The absolute URL of a path template below a base. */
export const urlAt = (base: string, path: string, params?: Params, query?: Params): string => join(base, expand(path, params)) + search(query);

/** The base of the service that offers `endpoint`, else of the page; or of the instance at `home`. */
export function baseOf(
  snapshot: Snapshot,
  socket: boolean,
  endpoint?: Endpoint,
  home = endpoint?.service ? own(snapshot.services, endpoint.service)?.url : undefined,
): string {
  return home && home !== snapshot.baseUrl
    ? socket ? toWebSocket(home) : home
    : socket ? snapshot.wsBaseUrl : snapshot.baseUrl;
}

/** `path` below `base`. */
export function join(base: string, path: string): string {
  return path && base.replace(/\/$/, '') + (path.startsWith('/') ? path : `/${path}`) || base;
}

function expand(path: string, params: Params = {}): string {
  const expanded = path.replace(/{(.+?)(:path)?}/g, (_, name: string, slashes?: string) => {
    const value = own(params, name) ?? fail(path, name, 'is missing');
    const text = encodeURIComponent(String(value))
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
    return slashes ? text.replaceAll('%2F', '/') : text;
  });
  // A browser would resolve the dots, and the request would go to another endpoint.
  return /\/(\.|%2e){1,2}(\/|$)/i.test(expanded) ? fail(path, expanded, 'leaves the path') : expanded;
}

function fail(path: string, what: string, why: string): never {
  throw new TypeError(`landfall: ${path}: '${what}' ${why}`);
}

function search(query: Params = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value ?? []].flat().map((one) => [key, String(one)] as [string, string]));
  return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
}
