// A feed of one JSON resource that is asked for again and again.
import { Feed } from './feed';
import { type Poll, startPoll } from './poll';

export abstract class PollFeed<T> extends Feed<T> {
  #end: (() => void) | undefined;

  /** What is asked for, and how often. */
  protected abstract readonly asks: Pick<Poll, 'path' | 'every' | 'revalidates'>;

  /** Reads an answer; null if it is of no use. */
  protected abstract read(body: unknown): T | null;

  protected start(): void {
    this.#end = startPoll({
      ...this.asks,
      accept: (body) => {
        const value = this.read(body);
        if (value !== null) this.received(value);
        return value !== null;
      },
      fail: () => this.lost(),
    });
  }

  protected stop(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
