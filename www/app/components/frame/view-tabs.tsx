// The ways to look at what the page knows; each is a link, so that it can be opened, bookmarked and gone back to.
import { VIEWS, type View, routeHash } from '../../model/route';
import { whole } from '../../format/text';

const LABELS: Readonly<Record<View, string>> = { services: 'Services', drift: 'Drift', budget: 'Budget', config: 'Config', trace: 'Trace', requests: 'Requests' };

interface ViewTabsProps {
  readonly current: View;
  readonly counts: Readonly<Partial<Record<View, number>>>;
}

export function ViewTabs({ current, counts }: ViewTabsProps) {
  return (
    <nav className="view-tabs" aria-label="Views">
      {VIEWS.map((view) => {
        const count = counts[view];
        return (
          <a key={view} href={routeHash(view)} {...(view === current ? { 'aria-current': 'page' as const } : {})}>
            {LABELS[view]}{count !== undefined && <span className="tab-count">{whole(count)}</span>}
          </a>
        );
      })}
    </nav>
  );
}
