// The shape of the list while the first catalog is on its way: at most as long as the client's deadline.
import { Skeleton } from '../text/skeleton';

export function ServicesSkeleton() {
  return (
    <div className="services-view" data-chosen="false">
      <div className="services-column">
        <div className="service-list">{[0, 1, 2, 3, 4, 5].map((row) => <Skeleton key={row} className="row-skeleton" lines={2} />)}</div>
      </div>
      <div className="detail-column"><Skeleton className="service-detail" lines={8} /></div>
    </div>
  );
}
