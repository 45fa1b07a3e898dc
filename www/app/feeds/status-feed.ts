// The daemon's account of itself, asked for gently, with the share of a core it used at each of the last readings: the plot that
// shows whether it keeps to its budget.
import { Feed } from './feed';
import { startPoll } from './poll';
import { type DaemonStatus, readDaemonStatus } from '../model/daemon-status';
import type { Value } from '../plot/line';

/** The last status and what led up to it. */
export interface StatusReading {
  readonly status: DaemonStatus;
  /** Used permille of a core at each reading, oldest first, at most {@link MAX_USED}. */
  readonly used: readonly Value[];
}

const PATH = '/v1/status';
const EVERY_MS = 3_000;
/** Three minutes of readings. */
const MAX_USED = 60;

export class StatusFeed extends Feed<StatusReading> {
  #end: (() => void) | undefined;

  protected start(): void {
    this.#end = startPoll({
      path: PATH,
      every: EVERY_MS,
      accept: (body) => {
        const status = readDaemonStatus(body);
        if (status === null) return false;
        const before = this.reading().value?.used ?? [];
        this.received({ status, used: [...before, status.budget.usedPermille].slice(-MAX_USED) });
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
