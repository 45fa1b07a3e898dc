// Asks for one JSON resource again and again, never two at a time, each with a deadline.

export interface Poll {
  /** Same-origin path. */
  readonly path: string;
  /** Time between the end of one request and the start of the next, milliseconds. */
  readonly every: number;
  /** Whether an answer with the ETag of the last one of use need not be read again. */
  readonly revalidates?: boolean;
  /** Called with the parsed body. What it returns says whether the body was of use. */
  readonly accept: (body: unknown) => boolean;
  /** Called when there was no answer, or none of use. */
  readonly fail: () => void;
}

const DEADLINE_MS = 4_000;
const MAX_BODY = 32 * 1024 * 1024;

/** Starts at once; the returned function ends it. */
export function startPoll({ path, every, revalidates = false, accept, fail }: Poll): () => void {
  const ended = new AbortController();
  const cache = revalidates ? 'no-cache' : 'no-store';
  let known: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    const deadline = new AbortController();
    const abort = (): void => deadline.abort();
    const alarm = setTimeout(abort, DEADLINE_MS);
    ended.signal.addEventListener('abort', abort);
    let useful: boolean;
    try {
      const response = await fetch(path, { cache, signal: deadline.signal, headers: { accept: 'application/json' } });
      const tag = revalidates && response.ok ? response.headers.get('etag') : null;
      if (tag !== null && tag === known) {
        await response.body?.cancel();
        useful = true;
      } else {
        const body = await response.text();
        useful = response.ok && body.length <= MAX_BODY && !ended.signal.aborted && accept(JSON.parse(body));
        if (useful) known = tag;
      }
    } catch {
      useful = false;
    } finally {
      clearTimeout(alarm);
      ended.signal.removeEventListener('abort', abort);
    }
    if (ended.signal.aborted) return;
    if (!useful) fail();
    timer = setTimeout(() => void ask(), every);
  };
  void ask();
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
