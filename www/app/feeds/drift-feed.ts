// What services had before and have no more. It changes when services start anew, so it is asked for seldom.
import { PollFeed } from './poll-feed';
import { type DriftReport, readDriftReport } from '../model/drift';

export class DriftFeed extends PollFeed<DriftReport> {
  protected readonly asks = { path: '/v1/drift', every: 5_000 };

  protected read(body: unknown): DriftReport | null {
    return readDriftReport(body, Date.now());
  }
}
