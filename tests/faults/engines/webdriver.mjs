// A client of the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2), as much of it as the fault matrix needs.
// chromedriver, geckodriver and WebKitWebDriver all speak it.
import { request } from 'node:http';

/** A driver that is silent for so long is not coming back. */
const PATIENCE_MS = 60_000;

function send(url, method, body) {
  const text = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = text ? { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) } : {};
    const asked = request(url, { method, headers, timeout: PATIENCE_MS }, (answer) => {
      let read = '';
      answer.setEncoding('utf8').on('data', (chunk) => { read += chunk; }).on('end', () => {
        try {
          resolve(JSON.parse(read).value);
        } catch {
          reject(new Error(`${method} ${url} was answered with something that is not JSON: ${read.slice(0, 200)}`));
        }
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${url}: no answer within ${PATIENCE_MS / 1000} s`)));
    asked.on('error', reject);
    asked.end(text);
  });
}

async function ask(url, method, body) {
  const value = await send(url, method, body);
  if (value?.error) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}

/** Whether the driver at `base` is ready for a session. */
export async function isReady(base) {
  try {
    return (await ask(`${base}/status`, 'GET')).ready;
  } catch {
    return false;
  }
}

/**
 * Begins a session with the driver at `base`.
 *
 * A session has one current window. Commands stand in a queue, and those that belong to a window choose it first.
 * @param {string} base e.g. `http://127.0.0.1:4444`
 * @param {object} capabilities what the browser must be
 */
export async function openSession(base, capabilities) {
  const { sessionId, capabilities: given } = await ask(`${base}/session`, 'POST', { capabilities: { alwaysMatch: capabilities } });
  const command = (method, path, body) => ask(`${base}/session/${sessionId}${path}`, method, body ?? (method === 'POST' ? {} : undefined));
  let last = Promise.resolve();
  const inTurn = (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  // The first window stays, so that there is always one to open others from.
  const home = await command('GET', '/window');
  let current = home;
  const choose = async (handle) => {
    if (current === handle) return;
    current = null;
    await command('POST', '/window', { handle });
    current = handle;
  };
  return {
    /** What the driver says of its browser. */
    capabilities: given,
    /** Opens a window of its own, which other windows do not hide; returns its handle. */
    openWindow: () => inTurn(async () => {
      await choose(home);
      return (await command('POST', '/window/new', { type: 'window' })).handle;
    }),
    /** Sends commands to one window, with no command for another one in between. */
    within: (handle, work) => inTurn(async () => {
      await choose(handle);
      return work(command);
    }),
    closeWindow: (handle) => inTurn(async () => {
      await choose(handle);
      current = null;
      await command('DELETE', '/window');
    }),
    close: () => inTurn(() => command('DELETE', '')),
  };
}
