// The connection in words. One quiet line while all is well; a banner with since-when and what to do while it is not.
import type { Connection } from '../../model/connection';
import { sentence } from '../../format/text';
import { useSince } from '../../hooks/use-since';
import { Icon } from '../icons';
import { LinkOrText } from '../text/link-or-text';
import { Since } from '../text/age';

interface ConnectionBannerProps {
  readonly connection: Connection;
  /** Since when the daemon's side resources have not answered, in `Date.now()`. */
  readonly lostSince: number | null;
  /** The origin the values were read from. */
  readonly origin: string | null;
  /** Whether there is anything on screen that could be out of date. */
  readonly hasData: boolean;
}

export function ConnectionBanner({ connection, lostSince, origin, hasData }: ConnectionBannerProps) {
  const labelSince = useSince(connection.label);
  const { tone, reason, advice, stale, label } = connection;
  if (tone === 'good' || tone === 'wait') {
    return (
      <p className="connection-line">
        <span>{sentence(reason)}</span>
        {origin !== null && !reason.includes(origin) && <span className="faint">Origin <LinkOrText url={origin} /></span>}
      </p>
    );
  }
  return (
    <section className={`connection-banner is-${tone}`} aria-label="Connection">
      <Icon name="alert" />
      <div>
        <p><strong>{label}.</strong> {stale ? 'No answer since' : 'Since'} <Since at={Math.min(labelSince, lostSince ?? labelSince)} />.</p>
        <p>{sentence(reason)} {stale && hasData && 'What you see is the last known state and may have changed.'}</p>
        {advice !== null && <p className="faint">{advice}</p>}
      </div>
    </section>
  );
}
