// Ports for servers that cannot take "any free one".
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections (Linux: from 32768), so that none takes it meanwhile. */
const RANGE = [12_000, 32_000];

const given = new Set();

/** A port of 127.0.0.1 that is free, and that this process has not been given before. */
export async function freePort() {
  for (;;) {
    const port = randomInt(...RANGE);
    if (given.has(port)) continue;
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch (error) {
      if (error.code === 'EADDRINUSE') continue;
      throw error;
    }
    await new Promise((resolve) => server.close(resolve));
    given.add(port);
    return port;
  }
}

/** Whether somebody listens there. Nothing is sent. */
export function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
