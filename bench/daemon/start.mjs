// From exec to the first answer: the daemon, and nginx beside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

import { freePort } from '../../tests/support/ports.mjs';
import { daemonProgram, nginxProgram } from '../../tests/support/programs.mjs';
import { atMost } from '../common/bars.mjs';
import { median, quantile, rounded } from '../common/statistics.mjs';

const FULL = { runs: 20 };
const BRIEF = { runs: 2 };
const LIMIT_MS = 10_000;

/** Writes the time and becomes the program: what it takes this process to make another one is not the program's. */
const STAMPED = 'printf "%s\\n" "$EPOCHREALTIME"; exec "$@"';

const now = () => performance.timeOrigin + performance.now();

/** Asks once; null while nobody answers. */
function ask(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`));
    socket.once('data', () => {
      resolve(now());
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
    socket.once('close', () => resolve(null));
  });
}

async function firstAnswer(port) {
  const end = now() + LIMIT_MS;
  for (;;) {
    const at = await ask(port);
    if (at !== null) return at;
    if (now() > end) throw new Error(`nobody answered on port ${port} within ${LIMIT_MS} ms`);
  }
}

/** Milliseconds from exec to the first byte of an answer. */
async function startOnce(port, argv) {
  const child = spawn('bash', ['-c', STAMPED, 'bash', ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  // Should this process be stopped meanwhile, it leaves nobody behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  try {
    const answered = await firstAnswer(port);
    return answered - Number(text.split('\n')[0].replace(',', '.')) * 1_000;
  } finally {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
  }
}

const sides = (folder) => ({
  landfall: (port) => [daemonProgram(), 'serve', '--listen', `127.0.0.1:${port}`, '--state-dir', folder('state'), '--log', 'warn'],
  nginx(port) {
    mkdirSync(folder('nginx'), { recursive: true });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder('nginx', kind)};`).join(' ');
    writeFileSync(folder('nginx.conf'), `daemon off; pid ${folder('nginx.pid')}; error_log stderr error; worker_processes 1;
      events { worker_connections 64; }
      http { access_log off; ${temporary} server { listen 127.0.0.1:${port}; location / { return 200 'ok'; } } }`);
    return [nginxProgram(), '-e', 'stderr', '-p', folder('nginx'), '-c', folder('nginx.conf')];
  },
});

export async function measureStart({ smoke, folder }) {
  const { runs } = smoke ? BRIEF : FULL;
  const measured = { landfall: [], nginx: [] };
  for (let run = 0; run < runs; run += 1) {
    for (const [side, argv] of Object.entries(sides(folder))) {
      const port = await freePort();
      measured[side].push(await startOnce(port, argv(port)));
    }
  }
  const rows = Object.entries(measured).map(([server, values]) => ({ server, p50_ms: rounded(median(values)), p90_ms: rounded(quantile(values, 0.9)) }));
  return {
    tables: [{ title: `From exec to the first answer (${runs} runs)`, rows }],
    bars: [atMost('from exec to the first answer', rows[0].p50_ms, 10, 'ms')],
  };
}
