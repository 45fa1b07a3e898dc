// The life of the services: they come, go, sicken and recover, and those that register hold leases.
import { readFileSync } from 'node:fs';

import { ILLS } from './fleet.mjs';
import { oneOf } from './random.mjs';

const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;

/** A service's words to the daemon; the token is in the daemon's state folder. */
export function createRegistrar(url, tokenFile) {
  const token = readFileSync(tokenFile, 'utf8').trim();
  const ids = new Map();
  const send = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, json: text && response.ok ? JSON.parse(text) : null };
  };
  const registrar = {
    /** What the daemon refused that it should have taken. */
    refused: [],
    async register({ name, port }) {
      const { status, json } = await send('POST', '/v1/services', {
        name, lease: LEASE_SECONDS, health_path: '/health', instances: [{ url: `http://127.0.0.1:${port}` }],
      });
      if (status !== 201 && status !== 200) registrar.refused.push({ name, status });
      else ids.set(name, { id: json.id, renewed: performance.now() });
    },
    /** Renews what is due; a lease that has ended is made anew. */
    async renew(services) {
      for (const service of services) {
        const held = ids.get(service.name);
        if (service.state() === 'away' || !held || performance.now() - held.renewed < RENEW_MS) continue;
        held.renewed = performance.now();
        const { status } = await send('PUT', `/v1/services/${held.id}`);
        if (status !== 200) await registrar.register(service);
      }
    },
    async takeBack({ name }) {
      const held = ids.get(name);
      ids.delete(name);
      if (held) await send('DELETE', `/v1/services/${held.id}`);
    },
    /** As a crash would: nobody says goodbye. */
    forget: ({ name }) => ids.delete(name),
    holds: ({ name }) => ids.has(name),
  };
  return registrar;
}

/** One change in the life of one service. */
export async function change(chance, service, registrar) {
  const registers = service.kind === 'reg';
  if (service.state() === 'away') {
    await service.comes(Math.floor(chance() * service.ports.length));
    if (registers) await registrar.register(service);
  } else if (service.state() !== 'up') {
    service.recovers();
  } else if (chance() < 0.5) {
    service.sickens(oneOf(chance, Object.keys(ILLS)));
  } else {
    if (registers && chance() < 0.5) await registrar.takeBack(service);
    else if (registers) registrar.forget(service);
    await service.goes();
  }
}

/** All of them are there and well. */
export async function settle(services, registrar) {
  for (const service of services) {
    if (service.state() === 'away') await service.comes();
    else service.recovers();
    if (service.kind === 'reg' && !registrar.holds(service)) await registrar.register(service);
  }
}
