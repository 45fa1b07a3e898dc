/** The hooks: each reads one thing and renders again only when that thing changes. */
import { useContext, useSyncExternalStore } from 'react';
import { endpointOf, own, urlOf } from '../core/urls.js';
import type { Client, Endpoint, Params, Snapshot, Status } from '../types.js';
import { ClientContext } from './provider.js';

/** The client of the nearest `LandfallProvider`. Throws where there is none. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('landfall: this hook needs a <LandfallProvider> above it');
  return client;
}

/** What `read` gives for the present snapshot; on the server, for the one that the options give. */
function useRead<T>(read: (snapshot: Snapshot) => T): T {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, () => read(client.snapshot()), () => read(client.serverSnapshot()));
}

/** The whole snapshot. */
export function useSnapshot(): Snapshot {
  return useRead((snapshot) => snapshot);
}

/** The config value `key`, or `fallback` where there is none. */
export function useConfig<T>(key: string, fallback: T): T {
  return useRead((snapshot) => (own(snapshot.config, key) as T | undefined) ?? fallback);
}

/** The endpoint of this name. Throws with the choices when the name means several. */
export function useEndpoint(name: string): Endpoint | undefined {
  return useRead((snapshot) => endpointOf(snapshot, name));
}

/** The URL of an endpoint, as `client.url`; renders again when the service moves. */
export function useUrl(name?: string, params?: Params, query?: Params): string {
  return useRead((snapshot) => urlOf(snapshot, false, name, params, query));
}

/** How far the client is. */
export function useStatus(): Status {
  return useRead((snapshot) => snapshot.status);
}
