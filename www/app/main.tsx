// The entry: one client, four feeds, one tree. The client finds the catalog on the page's own origin, as it would for any application.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from 'landfall';
import { LandfallProvider } from 'landfall/react';
import { App } from './app';
import { DriftFeed } from './feeds/drift-feed';
import { HealthFeed } from './feeds/health-feed';
import { LabelsFeed } from './feeds/labels-feed';
import { StatusFeed } from './feeds/status-feed';
import { applyTheme } from './hooks/use-theme';
import './styles/index.css';

const NAME = 'landfall-dashboard';

applyTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');

// The handle for developers is where the page reads the trace and the requests that it shows.
const client = createClient({ name: NAME, ownOriginOnly: true, devtools: true });
createRoot(root).render(
  <StrictMode>
    <LandfallProvider client={client}>
      <App name={NAME} healthFeed={new HealthFeed()} statusFeed={new StatusFeed()} driftFeed={new DriftFeed()} labelsFeed={new LabelsFeed()} />
    </LandfallProvider>
  </StrictMode>,
);
