// The labels of the services. They stand in the catalog document, but not in the client's snapshot of it, since pages decide nothing by
// them. The document is revalidated, so that one that has not changed is neither sent nor read again.
import { PollFeed } from './poll-feed';
import { type Labels, readLabels } from '../model/labels';

export class LabelsFeed extends PollFeed<Labels> {
  protected readonly asks = { path: '/.well-known/landfall', every: 5_000, revalidates: true };

  protected read(body: unknown): Labels | null {
    return readLabels(body, this.reading().value);
  }
}
