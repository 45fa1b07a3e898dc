// Pages: some hold a stream and come back when it ends, one looks at the catalog and tells how requests ended.
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { WELL_KNOWN } from '../support/catalogs.mjs';
import { oneOf } from './random.mjs';

const ORIGIN = { origin: 'http://localhost:3000' };

/** Reads a stream; calls `seen` with every whole catalog. */
function stream(url, seen) {
  let text = '';
  const request = get(`${url}/.well-known/landfall/events`, { headers: ORIGIN, agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1];
        if (/^event: ?catalog$/m.test(event) && data) seen(JSON.parse(data));
      }
    });
    response.on('error', () => {});
  });
  request.on('error', () => {});
  return () => request.destroy();
}

/**
 * @param {string} url the daemon's
 * @param {{chance: () => number, streams: number, services: object[]}} how
 */
export function createClients(url, { chance, streams, services }) {
  const complaints = [];
  let newest = null;
  const seen = ({ epoch, revision }) => {
    if (newest && newest.boot !== epoch.boot) complaints.push(`the daemon has started anew: ${newest.boot}, then ${epoch.boot}`);
    newest = { boot: epoch.boot, revision: Math.max(revision, newest?.revision ?? 0) };
  };
  const perStream = () => {
    let last = 0;
    return (catalog) => {
      if (catalog.revision < last) complaints.push(`revision ${catalog.revision} came after ${last}`);
      last = catalog.revision;
      seen(catalog);
    };
  };
  const open = Array.from({ length: streams }, () => stream(url, perStream()));
  let etag = '';
  return {
    complaints,
    revision: () => newest?.revision ?? 0,
    /** A page goes and another one comes; the catalog is looked at; an outcome is told. */
    async act() {
      const index = Math.floor(chance() * open.length);
      open[index]();
      open[index] = stream(url, perStream());
      const response = await fetch(`${url}${WELL_KNOWN}`, { headers: { ...ORIGIN, 'if-none-match': etag } });
      etag = response.headers.get('etag') ?? etag;
      if (response.status === 200) seen(await response.json());
      const { port, state } = oneOf(chance, services);
      const told = { url: `http://127.0.0.1:${port}`, answered: state() === 'up' ? 1 : 0, failed: state() === 'up' ? 0 : 1 };
      await (await fetch(`${url}/v1/outcomes`, { method: 'POST', headers: ORIGIN, body: JSON.stringify({ outcomes: [told] }) })).text();
    },
    async close() {
      for (const end of open) end();
      // The daemon hears of it when its side of the connection ends.
      await pause(0);
    },
  };
}
