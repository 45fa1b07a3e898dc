// What the daemon costs when there is nothing to do: with the finder looking at the machine's sockets, and without.
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../tests/support/ports.mjs';
import { atMost } from '../common/bars.mjs';
import { during, rssBytes, sleeps } from '../common/processes.mjs';
import { rounded } from '../common/statistics.mjs';
import { startLandfall, withoutSockets } from './landfall.mjs';
import { startNginx } from './nginx.mjs';

const FULL = { warmUpMs: 15_000, measureMs: 60_000 };
const BRIEF = { warmUpMs: 300, measureMs: 1_500 };

/** A port where nobody listens: what runs on this machine otherwise is not to be checked. */
const lookingForNobody = (port) => `[sockets]\nonly_ports = [${port}]\n`;

async function measure(server, { measureMs }) {
  const before = sleeps(server.pid);
  const { share, seconds } = await during(server.pid, () => pause(measureMs));
  return {
    cpu_percent: rounded(share * 100),
    wake_ups_per_s: rounded((sleeps(server.pid) - before) / seconds),
    rss_mb: rounded(rssBytes(server.pid) / 1e6),
  };
}

export async function measureIdle({ smoke, folder }) {
  const how = smoke ? BRIEF : FULL;
  const port = await freePort();
  const servers = {};
  try {
    servers['landfall, looking for sockets'] = await startLandfall(folder, { name: 'looking', settings: lookingForNobody(await freePort()) });
    servers['landfall, settings only'] = await startLandfall(folder, { name: 'settled', settings: withoutSockets });
    servers.nginx = await startNginx(folder, `server { listen 127.0.0.1:${port}; }`, { port });
    await pause(how.warmUpMs);
    // All at the same time: each is one process, and none does anything that another one would notice.
    const rows = await Promise.all(Object.entries(servers).map(async ([name, server]) => ({ server: name, ...await measure(server, how) })));
    return {
      tables: [{ title: `Nothing to do for ${how.measureMs / 1_000} s`, rows }],
      bars: rows.filter(({ server }) => server !== 'nginx').map(({ server, cpu_percent: share }) => atMost(`idle CPU (${server}), of a core`, share, 0.05, '%')),
    };
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}
