// What services had before and have no more. It changes when services start anew, so it is asked for seldom.
import { Feed } from './feed';
import { startPoll } from './poll';
import { type DriftReport, readDriftReport } from '../model/drift';

const PATH = '/v1/drift';
const EVERY_MS = 5_000;

export class DriftFeed extends Feed<DriftReport> {
  #end: (() => void) | undefined;

  protected start(): void {
    this.#end = startPoll({
      path: PATH,
      every: EVERY_MS,
      accept: (body) => {
        const report = readDriftReport(body, Date.now());
        if (report !== null) this.received(report);
        return report !== null;
      },
      fail: () => this.lost(),
    });
  }

  protected stop(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
