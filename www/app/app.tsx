// Connects the page to its sources: the package's client for the catalog, three feeds for what changes too often to be in it.
import { useClient, useSnapshot } from 'landfall/react';
import type { DriftFeed } from './feeds/drift-feed';
import type { HealthFeed } from './feeds/health-feed';
import type { StatusFeed } from './feeds/status-feed';
import { Dashboard } from './components/dashboard';
import { useChanges } from './hooks/use-changes';
import { useFeed } from './hooks/use-feed';
import { useRoute } from './hooks/use-route';

interface AppProps {
  /** The name that the client was created with. */
  readonly name: string;
  readonly healthFeed: HealthFeed;
  readonly statusFeed: StatusFeed;
  readonly driftFeed: DriftFeed;
}

export function App({ name, healthFeed, statusFeed, driftFeed }: AppProps) {
  const snapshot = useSnapshot();
  const changes = useChanges(useClient());
  const health = useFeed(healthFeed);
  const status = useFeed(statusFeed);
  const drift = useFeed(driftFeed);
  const route = useRoute();
  return <Dashboard snapshot={snapshot} health={health} status={status} drift={drift} route={route} changes={changes} client={name} />;
}
