/** Puts a client into React's context: one of the application's own, or one made from options and closed again. */
import { createContext, useCallback, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Client, ClientOptions } from '../types.js';
import { clientOf, hold } from './shared.js';

/** The nearest provider's client. */
export const ClientContext = createContext<Client | null>(null);

/** Either a client, which stays the application's to close, or options to make one from. */
export type LandfallProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: Client; readonly options?: never }
  | {
    readonly client?: never;
    /** Read when the provider mounts; give the provider another `key` to start over with other options. */
    readonly options: ClientOptions;
  }
);

/** Provides a client to the hooks below it. */
export function LandfallProvider({ client, options, children }: LandfallProviderProps): ReactNode {
  return client
    ? <ClientContext.Provider value={client}>{children}</ClientContext.Provider>
    : <OwnClient options={options}>{children}</OwnClient>;
}

function OwnClient({ options, children }: { readonly options: ClientOptions; readonly children: ReactNode }): ReactNode {
  // The first options are kept: an object written inline is another one at each render.
  const [kept] = useState(options);
  const read = () => clientOf(kept);
  const client = useSyncExternalStore(useCallback(() => hold(kept), [kept]), read, read);
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
}
