// One answer to "is what I see true?", out of two sources: the client's own status (where its values come from) and whether the
// daemon answers its side resources. Pure, so that every state of it can be tested without a network.
import type { Snapshot } from 'landfall';

/** How the page looks: `good` nothing to say, `wait` still looking, `warn` not live, `bad` nobody answers. */
export type Tone = 'good' | 'wait' | 'warn' | 'bad';

export interface Connection {
  readonly tone: Tone;
  /** Two or three words for the header. */
  readonly label: string;
  /** What is the matter, in a sentence; the client's own reason where there is one. */
  readonly reason: string;
  /** What the reader can do, where there is something. */
  readonly advice: string | null;
  /** Whether what is on screen may be out of date and must be marked so. */
  readonly stale: boolean;
}

const START = 'Start it with “landfall serve”. This page goes on looking and comes back by itself.';

/** `daemonLost`: the daemon's own resources have stopped answering (or never answered). */
export function connectionOf(snapshot: Pick<Snapshot, 'status' | 'reason'>, daemonLost: boolean): Connection {
  const { status, reason } = snapshot;
  switch (status) {
    case 'pending':
      return { tone: 'wait', label: 'Looking', reason: 'Looking for the daemon.', advice: null, stale: false };
    case 'live':
      return daemonLost
        ? { tone: 'warn', label: 'No answer', reason: 'The daemon has stopped answering.', advice: START, stale: true }
        : { tone: 'good', label: 'Live', reason, advice: null, stale: false };
    case 'provided':
      return { tone: 'warn', label: 'Provided', reason, advice: 'The values were handed in by the page; no daemon has confirmed them.', stale: daemonLost };
    case 'cached':
      return { tone: 'warn', label: 'Last known', reason, advice: START, stale: true };
    case 'stale':
      return { tone: 'bad', label: 'Lost', reason, advice: START, stale: true };
    case 'fallback':
      return { tone: 'bad', label: 'No daemon', reason, advice: START, stale: true };
  }
}
