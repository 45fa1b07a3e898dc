// nginx with one worker: the backends that are checked, and the server that the daemon is compared with.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

import { isListening } from '../../tests/support/ports.mjs';
import { nginxProgram } from '../../tests/support/programs.mjs';
import { startProcess } from '../../tests/support/server-process.mjs';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
/** File descriptors beyond the listening sockets: connections, kept ones too. */
const CONNECTIONS = 4_096;

/** Programs in front of another one that keep it on one core; none where that is not possible. */
export const onCore = (core) => (core === null ? [] : ['taskset', '--cpu-list', String(core)]);

/**
 * @param {(...parts: string[]) => string} folder paths below an empty folder of its own, which others may read
 * @param {string} http what stands in the `http` block
 * @param {{port: number, sockets?: number, core?: number | null}} options `port` is one that it listens on
 */
export async function startNginx(folder, http, { port, sockets = 1, core = null }) {
  const config = `
    daemon off;
    pid ${folder('nginx.pid')};
    error_log stderr error;
    worker_processes 1;
    worker_rlimit_nofile ${sockets + CONNECTIONS};
    events { worker_connections ${sockets + CONNECTIONS}; }
    http {
      access_log off;
      keepalive_timeout 75s;
      keepalive_requests 1000000000;
      default_type application/json;
      ${TEMPORARY.map((kind) => `${kind}_temp_path ${folder(kind)};`).join('\n      ')}
      ${http}
    }`;
  writeFileSync(folder('nginx.conf'), config);
  const argv = [...onCore(core), nginxProgram(), '-e', 'stderr', '-p', folder(), '-c', folder('nginx.conf')];
  return startProcess(argv[0], argv.slice(1), () => isListening(port));
}

/** Which core to give to the server and which to the one that asks: apart, or no choice at all where there is only one. */
export function cores(count) {
  const possible = count > 1 && hasTaskset();
  return possible ? { server: 0, asker: 1 } : { server: null, asker: null };
}

function hasTaskset() {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
