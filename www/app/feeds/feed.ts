// The base of what the page keeps reading from the daemon beside the catalog. A feed runs only while a component uses it and the page
// is visible; it keeps its last value when the daemon stops answering and says since when that value is all there is.

/** What is known from a feed. A new object whenever something changed, for `useSyncExternalStore`. */
export interface Reading<T> {
  /** The last value received; null before the first. */
  readonly value: T | null;
  /** When it was received, in `Date.now()`. */
  readonly receivedAt: number | null;
  /** Since when the daemon has not answered, in `Date.now()`; null while it answers. */
  readonly lostSince: number | null;
}

export abstract class Feed<T> {
  #reading: Reading<T> = { value: null, receivedAt: null, lostSince: null };
  readonly #listeners = new Set<() => void>();
  #running = false;

  /** Starts the feed with its first listener; the returned function takes the listener off and stops the feed with the last. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) {
      document.addEventListener('visibilitychange', this.#follow);
      this.#follow();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      document.removeEventListener('visibilitychange', this.#follow);
      this.#run(false);
    };
  };

  readonly reading = (): Reading<T> => this.#reading;

  /** Begins to read. Called when the page becomes visible and somebody listens. */
  protected abstract start(): void;

  /** Stops reading and releases everything held. */
  protected abstract stop(): void;

  protected received(value: T): void {
    this.#publish({ value, receivedAt: Date.now(), lostSince: null });
  }

  protected lost(): void {
    if (this.#reading.lostSince === null) this.#publish({ ...this.#reading, lostSince: Date.now() });
  }

  readonly #follow = (): void => {
    this.#run(document.visibilityState === 'visible');
  };

  #run(wanted: boolean): void {
    if (wanted === this.#running) return;
    this.#running = wanted;
    if (wanted) this.start();
    else this.stop();
  }

  #publish(reading: Reading<T>): void {
    this.#reading = reading;
    for (const listener of [...this.#listeners]) listener();
  }
}
