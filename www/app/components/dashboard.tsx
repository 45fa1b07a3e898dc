// The page as a whole, out of values alone: every state of it can be rendered in a test without a daemon.
import { useMemo } from 'react';
import type { Snapshot } from 'landfall';
import type { Reading } from '../feeds/feed';
import type { StatusReading } from '../feeds/status-feed';
import type { DriftReport } from '../model/drift';
import type { Labels } from '../model/labels';
import type { HealthReport } from '../model/verdict';
import type { ChangeRow } from '../model/changes';
import type { Route } from '../model/route';
import { connectionOf } from '../model/connection';
import { classCounts, serviceEntries } from '../model/services';
import { useAnnouncement } from '../hooks/use-announcement';
import { useTheme } from '../hooks/use-theme';
import { AppHeader } from './frame/app-header';
import { ConnectionBanner } from './frame/connection-banner';
import { LiveRegion } from './frame/live-region';
import { SettingsBanner } from './frame/settings-banner';
import { SkipLink } from './frame/skip-link';
import { ViewTabs } from './frame/view-tabs';
import { ServicesView } from './services/services-view';
import { ServicesSkeleton } from './services/services-skeleton';
import { Summary } from './summary/summary';
import { BudgetView } from './views/budget-view';
import { DriftView } from './views/drift-view';
import { ConfigView } from './views/config-view';
import { RequestsView } from './views/requests-view';
import { TraceView } from './views/trace-view';

/** The name under which the daemon lists itself in its own catalog. */
const DAEMON = 'landfall';

export interface DashboardProps {
  readonly snapshot: Snapshot;
  readonly health: Reading<HealthReport>;
  readonly status: Reading<StatusReading>;
  readonly drift: Reading<DriftReport>;
  readonly labels: Reading<Labels>;
  readonly route: Route;
  readonly changes: readonly ChangeRow[];
  /** The name of the client whose trace and requests are shown. */
  readonly client: string;
}

export function Dashboard({ snapshot, health, status, drift, labels, route, changes, client }: DashboardProps) {
  const [theme, setTheme] = useTheme();
  // The parts of a snapshot keep their identity while they do not change; the snapshot as a whole changes with its status.
  const services = useMemo(() => serviceEntries(snapshot.services, snapshot.endpoints), [snapshot.services, snapshot.endpoints]);
  const counts = useMemo(() => classCounts(services, health.value), [services, health.value]);
  const connection = useMemo(
    () => connectionOf({ status: snapshot.status, reason: snapshot.reason }, status.lostSince !== null),
    [snapshot.status, snapshot.reason, status.lostSince],
  );
  const announcement = useAnnouncement(connection, services, health.value);
  const loading = connection.tone === 'wait' && services.length === 0;
  // Without a catalog an empty list is no finding.
  const known = services.length > 0 || connection.tone === 'good';

  return (
    <div className="app" data-stale={connection.stale}>
      <SkipLink />
      <LiveRegion message={announcement} />
      <AppHeader name={status.value?.status.name ?? null} connection={connection} theme={theme} onTheme={setTheme} />
      <ConnectionBanner connection={connection} lostSince={status.lostSince} origin={snapshot.origin} hasData={services.length > 0} />
      {status.value !== null && <SettingsBanner settings={status.value.status.settings} />}
      <Summary loading={loading} known={known} services={services.length} endpoints={snapshot.endpoints.length} counts={counts} status={status} revision={snapshot.revision} boot={snapshot.epoch?.boot ?? null} />
      <ViewTabs current={route.view} counts={!known ? {} : { services: services.length, config: Object.keys(snapshot.config).length, ...(drift.value === null ? {} : { drift: drift.value.size }) }} />
      <main id="main" tabIndex={-1}>
        {route.view === 'services' && (loading
          ? <ServicesSkeleton />
          : <ServicesView services={services} report={health.value} drift={drift.value} labels={labels.value} selected={route.service} daemon={DAEMON} reachable={!connection.stale} />)}
        {route.view === 'drift' && <DriftView reading={drift} />}
        {route.view === 'budget' && <BudgetView reading={status} />}
        {route.view === 'config' && <ConfigView config={snapshot.config} baseUrl={snapshot.baseUrl} wsBaseUrl={snapshot.wsBaseUrl} />}
        {route.view === 'trace' && <TraceView client={client} changes={changes} />}
        {route.view === 'requests' && <RequestsView client={client} />}
      </main>
    </div>
  );
}
