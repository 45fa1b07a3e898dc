// The daemon as a process: memory, streams, uptime, version.
import { memo } from 'react';
import type { DaemonStatus } from '../../model/daemon-status';
import { clip, whole } from '../../format/text';
import { duration } from '../../format/time';
import { bytes } from '../../format/units';
import { Facts, Tile, known } from './tile';

interface DaemonTileProps {
  readonly status: DaemonStatus;
  readonly revision: number | null;
  readonly boot: number | null;
}

export const DaemonTile = memo(function DaemonTile({ status, revision, boot }: DaemonTileProps) {
  return (
    <Tile id="daemon" title="Daemon" figure={known(status.rssBytes, bytes)} note="resident">
      <Facts facts={[
        { term: 'Uptime', value: known(status.uptimeMs, duration) },
        { term: 'Streams', value: known(status.streams, whole) },
        { term: 'Catalog', value: revision === null ? known<number>(null, whole) : `revision ${whole(revision)}${boot === null ? '' : `, boot ${whole(boot)}`}` },
        { term: 'Version', value: known(status.version, clip) },
      ]} />
    </Tile>
  );
});
