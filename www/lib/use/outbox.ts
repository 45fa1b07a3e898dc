/** What waits to be sent while a socket is not open: bounded in number and bytes. What does not fit is refused, never dropped later. */

/** Defaults of a socket's `queue`. */
const MESSAGES = 100;
const BYTES = 1_048_576;

/** Anything that a `WebSocket` sends. */
export type Data = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** The size of a message in bytes; a text counts as it is held, which is at most what it is on the wire times two. */
export function sizeOf(data: Data): number {
  if (typeof data === 'string') return data.length;
  return data instanceof Blob ? data.size : data.byteLength;
}

/** Creates a queue. */
export function createOutbox({ messages = MESSAGES, bytes = BYTES }: { readonly messages?: number; readonly bytes?: number } = {}) {
  const waiting: Data[] = [];
  let held = 0;
  return {
    /** Whether so much more fits beside what the socket itself has not sent yet. */
    fits: (data: Data, buffered = 0) => waiting.length < messages && held + buffered + sizeOf(data) <= bytes,
    add: (data: Data) => {
      waiting.push(data);
      held += sizeOf(data);
    },
    /** Hands everything over, oldest first. */
    drain: (send: (data: Data) => void) => {
      held = 0;
      for (const data of waiting.splice(0)) send(data);
    },
  };
}
