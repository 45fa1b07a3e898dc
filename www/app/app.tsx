// Connects the page to its sources: the package's client for the catalog, four feeds for what is not in its snapshot.
import { useClient, useSnapshot } from 'landfall/react';
import type { DriftFeed } from './feeds/drift-feed';
import type { HealthFeed } from './feeds/health-feed';
import type { LabelsFeed } from './feeds/labels-feed';
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
  readonly labelsFeed: LabelsFeed;
}

export function App({ name, healthFeed, statusFeed, driftFeed, labelsFeed }: AppProps) {
  const snapshot = useSnapshot();
  const changes = useChanges(useClient());
  const health = useFeed(healthFeed);
  const status = useFeed(statusFeed);
  const drift = useFeed(driftFeed);
  const labels = useFeed(labelsFeed);
  const route = useRoute();
  return <Dashboard snapshot={snapshot} health={health} status={status} drift={drift} labels={labels} route={route} changes={changes} client={name} />;
}
