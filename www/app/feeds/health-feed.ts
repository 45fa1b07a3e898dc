// The verdicts on all services: pushed over the daemon's event stream, and asked for where no stream can be had. The stream is closed
// while the page is hidden, since a browser has six connections per origin and a hidden page needs none of them.
import { Feed } from './feed';
import { startPoll } from './poll';
import { type HealthReport, readHealthReport } from '../model/verdict';

const STREAM = '/.well-known/landfall/events?topics=health';
const RESOURCE = '/v1/health';
/** How often the resource is asked for while there is no stream. */
const POLL_MS = 5_000;
/** How long a stream that the browser gave up on is left alone. */
const RETRY_MS = 10_000;

export class HealthFeed extends Feed<HealthReport> {
  #source: EventSource | undefined;
  #endPoll: (() => void) | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  protected start(): void {
    // The first report comes from the resource: the stream sends one when something was checked, and a page should not wait for that.
    this.#poll();
    if (typeof EventSource === 'function') this.#listen();
  }

  protected stop(): void {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
    this.#stopPoll();
  }

  #listen(): void {
    const source = new EventSource(STREAM);
    this.#source = source;
    source.addEventListener('health', (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string' && this.#accept(parsed(event.data))) this.#stopPoll();
    });
    source.addEventListener('error', () => {
      this.#poll();
      if (source.readyState !== EventSource.CLOSED) return; // The browser reconnects by itself.
      this.#retry = setTimeout(() => this.#listen(), RETRY_MS);
    });
  }

  #poll(): void {
    this.#endPoll ??= startPoll({ path: RESOURCE, every: POLL_MS, accept: (body) => this.#accept(body), fail: () => this.lost() });
  }

  #stopPoll(): void {
    this.#endPoll?.();
    this.#endPoll = undefined;
  }

  #accept(body: unknown): boolean {
    const report = readHealthReport(body, Date.now(), this.reading().value);
    if (report !== null) this.received(report);
    return report !== null;
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
