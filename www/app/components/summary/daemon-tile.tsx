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

/** What is shed. */
const SHED = { no_history: 'histories are short', no_new_services: 'nothing new is taken in' } as const;

export const DaemonTile = memo(function DaemonTile({ status, revision, boot }: DaemonTileProps) {
  const { rssBytes, heldBytes, ceilingBytes, level } = status.memory;
  const shed = level === null || level === 'full' ? null : SHED[level];
  const held = ceilingBytes === null ? null : `${known(heldBytes, bytes)} of ${bytes(ceilingBytes)}`;
  const ceiling = held === null ? [] : [{ term: 'Memory', value: shed === null ? held : `${held}: ${shed}`, alarming: shed !== null }];
  return (
    <Tile id="daemon" title="Daemon" figure={known(rssBytes, bytes)} note="resident">
      <Facts facts={[
        { term: 'Uptime', value: known(status.uptimeMs, duration) },
        { term: 'Streams', value: known(status.streams, whole) },
        { term: 'Catalog', value: revision === null ? known<number>(null, whole) : `revision ${whole(revision)}${boot === null ? '' : `, boot ${whole(boot)}`}` },
        ...ceiling,
        { term: 'Version', value: known(status.version, clip) },
      ]} />
    </Tile>
  );
});
