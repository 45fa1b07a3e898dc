// The daemon's account of itself, asked for gently, with a sample of each of the last readings: the plots that show whether it keeps
// to its budget.
import { PollFeed } from './poll-feed';
import { type DaemonStatus, readDaemonStatus } from '../model/daemon-status';
import { MAX_SAMPLES, type Sample, sampleOf } from '../model/samples';

/** The last status and what led up to it. */
export interface StatusReading {
  readonly status: DaemonStatus;
  /** One sample for each reading, oldest first, at most {@link MAX_SAMPLES}. */
  readonly samples: readonly Sample[];
}

export class StatusFeed extends PollFeed<StatusReading> {
  protected readonly asks = { path: '/v1/status', every: 3_000 };

  protected read(body: unknown): StatusReading | null {
    const status = readDaemonStatus(body);
    if (status === null) return null;
    const before = this.reading().value?.samples ?? [];
    return { status, samples: [...before, sampleOf(status, Date.now())].slice(-MAX_SAMPLES) };
  }
}
