// How fresh the verdicts are: the figure that tells a busy checker from one that has fallen behind.
import { memo } from 'react';
import type { DaemonStatus } from '../../model/daemon-status';
import { whole } from '../../format/text';
import { duration } from '../../format/time';
import { Facts, Tile, known } from './tile';

export const ChecksTile = memo(function ChecksTile({ status }: { readonly status: DaemonStatus }) {
  const { budget, checks } = status;
  const perHost = known(checks.perHostLimit, (limit) => `, ${whole(limit)} per host`);
  return (
    <Tile id="checks" title="Oldest verdict" figure={known(budget.oldestVerdictMs, duration)} note={budget.oldestVerdictMs === null ? 'nothing checked yet' : 'ago'}>
      <Facts facts={[
        { term: 'Overdue', value: known(budget.overdue, whole), alarming: (budget.overdue ?? 0) > 0 },
        { term: 'In flight', value: `${known(checks.inFlight, whole)} of ${known(checks.inFlightLimit, whole)}${checks.perHostLimit === null ? '' : perHost}` },
        { term: 'Checks', value: known(checks.total, whole) },
        { term: 'Failed', value: known(checks.failed, whole) },
      ]} />
    </Tile>
  );
});
