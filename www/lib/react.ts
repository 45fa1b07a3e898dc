/** React bindings: a provider and small hooks on `useSyncExternalStore`. */
export { LandfallProvider, type LandfallProviderProps } from './react/provider.js';
export { useClient, useConfig, useEndpoint, useSnapshot, useStatus, useUrl } from './react/hooks.js';
