// Ports for servers that cannot take "any free one", and for places where nobody is to listen.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const given = new Set();

/** A port of 127.0.0.1 that is free, and that this process has not been given before. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
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
