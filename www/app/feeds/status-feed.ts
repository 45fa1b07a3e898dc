// The daemon's account of itself, asked for gently, with a sample of each of the last readings: the plots that show whether it keeps
// to its budget.
import { Feed } from './feed';
import { startPoll } from './poll';
import { type DaemonStatus, readDaemonStatus } from '../model/daemon-status';
import { MAX_SAMPLES, type Sample, sampleOf } from '../model/samples';

/** The last status and what led up to it. */
export interface StatusReading {
  readonly status: DaemonStatus;
  /** One sample for each reading, oldest first, at most {@link MAX_SAMPLES}. */
  readonly samples: readonly Sample[];
}

const PATH = '/v1/status';
const EVERY_MS = 3_000;

export class StatusFeed extends Feed<StatusReading> {
  #end: (() => void) | undefined;

  protected start(): void {
    this.#end = startPoll({
      path: PATH,
      every: EVERY_MS,
      accept: (body) => {
        const status = readDaemonStatus(body);
        if (status === null) return false;
        const before = this.reading().value?.samples ?? [];
        this.received({ status, samples: [...before, sampleOf(status, Date.now())].slice(-MAX_SAMPLES) });
        return true;
      },
      fail: () => this.lost(),
    });
  }

  protected stop(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
