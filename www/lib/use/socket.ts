/** `client.socket`: a WebSocket (RFC 6455) as a carrier, with heartbeat and a queue of what waits to be sent. */
import type { Handle } from '../core/handle.js';
import type { Heartbeat, SocketOptions } from '../types.js';
import { Connection, type Reports } from './connection.js';
import type { Shared } from './context.js';
import { createOutbox, type Data } from './outbox.js';
import type { Place } from './place.js';

/** Defaults of a heartbeat, in milliseconds. */
const EVERY = 30_000;
const WITHIN = 10_000;

/**
 * Ends that the server means: it is done (1000), cannot talk to this page (1002, 1003, 1007 to 1010, RFC 6455 section
 * 7.4.1), or says so in its own words (4000 and more). Everything else is an accident or a restart.
 */
const isMeant = (code: number) => [1000, 1002, 1003, 1007, 1008, 1009, 1010].includes(code) || code >= 4000;

/** Opens a shared WebSocket. */
export function openSocket(shared: Shared, place: Place, options: SocketOptions, ended: () => void) {
  const { protocols = [], heartbeat, queue } = options;
  const outbox = createOutbox(queue);

  const send = (data: Data): boolean => {
    const socket = connection.carrier?.socket;
    if (!outbox.fits(data, socket?.bufferedAmount)) return false;
    if (socket) socket.send(data);
    else outbox.add(data);
    return true;
  };

  const connection = new Connection(shared, place, {
    dial: (url, reports) => dial(new WebSocket(url, [...[protocols].flat()]), reports, heartbeat),
    opened: ({ socket }) => { outbox.drain((data) => { socket.send(data); }); },
  }, ended);

  return {
    connection,
    /** Gives a handle its `send`, and sends what it was given before. */
    attach: (handle: Handle) => {
      handle.send = (data) => handle.state !== 'closed' && send(data as Data);
      for (const data of handle.early.splice(0)) {
        if (!send(data as Data)) handle.dispatchEvent(Object.assign(new Event('error'), { error: new Error('landfall: the queue is full'), data }));
      }
    },
  };
}

function dial(socket: WebSocket, reports: Reports, heartbeat: Heartbeat | undefined) {
  socket.binaryType = 'arraybuffer';
  const watch = heartbeat && watchSilence(socket, heartbeat, () => {
    end();
    reports.broken({ code: 1006, reason: 'no heartbeat' });
  });
  const end = () => {
    watch?.stop();
    socket.onmessage = socket.onclose = null;
    // A browser complains at the console of a socket that is closed before it was open.
    if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => { socket.close(); };
    else socket.close();
  };
  socket.onopen = () => {
    watch?.heard();
    reports.opened();
  };
  socket.onmessage = ({ data, origin }: MessageEvent<string | ArrayBuffer>) => {
    watch?.heard();
    if (heartbeat?.reply !== undefined && data === heartbeat.reply) return;
    reports.told(() => new MessageEvent('message', { data, origin }));
  };
  socket.onclose = ({ code, reason }) => {
    watch?.stop();
    reports.broken({ code, reason, last: isMeant(code) });
  };
  return { socket, close: end };
}

/** After `every` ms of silence asks for a word, and calls `silent` when none comes `within` so many ms. */
function watchSilence(socket: WebSocket, { send, every = EVERY, within = WITHIN }: Heartbeat, silent: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => { clearTimeout(timer); };
  const heard = () => {
    stop();
    timer = setTimeout(() => {
      if (send !== undefined) socket.send(send);
      timer = setTimeout(silent, within);
    }, every);
  };
  return { heard, stop };
}
