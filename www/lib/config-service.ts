/**
 * The interface that hand-written config services have, on Landfall's client: for an application that has such a
 * service and wants to replace it without being rewritten. It needs neither daemon nor catalog.
 *
 * @example
 * import configService from 'landfall/config-service';
 * const { API_BASE_URL } = await configService.waitForConfig();
 */
import { configOf } from './config-service/config.js';
import { createEmitter } from './config-service/emitter.js';
import type { ConfigService, ConfigServiceEvents, ConfigServiceOptions, ServiceConfig } from './config-service/types.js';
import { baseOf, endpointOf, join } from './core/urls.js';
import { createClient } from './index.js';
import type { Endpoint, Snapshot } from './types.js';

export type * from './config-service/types.js';

const PORTS = [8000, 8001, 8010, 3001, 8080, 8888];
/** Where others than backends answer: AirPlay receivers, the administration of storage devices. */
const NEVER = [5000, 5001];
/** The longest time that `setTimeout` can wait; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Starts looking for the backend.
 *
 * @throws RangeError when the options name port 5000 or 5001.
 */
export function createConfigService(options: ConfigServiceOptions = {}): ConfigService {
  const { name = 'config-service', ports = PORTS, health = '/health', deadline = 1000, ...others } = options;
  const never = ports.find((port) => NEVER.includes(port));
  if (never) {
    throw new RangeError(`landfall: option ports: ${never} is never asked, since others than backends answer there; move the backend to another port`);
  }
  const client = createClient({ ...others, name, ports, health, timeout: deadline });

  let seen: Snapshot | undefined;
  let config: ServiceConfig | undefined;
  const current = (): ServiceConfig => {
    const snapshot = client.snapshot();
    if (!config || seen !== snapshot) config = configOf(seen = snapshot, config);
    return config;
  };

  let isReady = false;
  const { on, once, off, emit, clear } = createEmitter((type) => (isReady && type === 'config-ready' ? [current()] : undefined));
  const tell = <K extends keyof ConfigServiceEvents>(type: K, detail: ConfigServiceEvents[K]) => void emit(type, detail);
  client.on('config-ready', () => {
    isReady = true;
    tell('config-ready', current());
  });
  client.on('config-updated', () => { tell('config-updated', current()); });
  client.on('service-relocated', ({ detail }) => { tell('service-relocated', detail); });
  client.on('discovery-failed', ({ detail, snapshot: { reason } }) => { tell('discovery-failed', { ...detail, reason }); });

  const isPending = () => client.snapshot().status === 'pending';

  const address = (socket: boolean, path: string, endpoint?: Endpoint): string | null =>
    isPending() ? null : join(baseOf(client.snapshot(), socket, endpoint), endpoint?.path ?? path);

  const webSocket = (endpoint: string): Endpoint | undefined => {
    const snapshot = client.snapshot();
    const called = endpointOf(snapshot, endpoint);
    return endpointOf(snapshot, `${endpoint}_websocket`) ?? (called?.protocol === 'websocket' ? called : undefined);
  };

  /** Ends what waits; `close` does it too. */
  const waiting = new Set<() => void>();
  /** Waits for `holds`, looked at after each change, for `ms` milliseconds at the longest. */
  const wait = (holds: () => boolean, ms: number) => new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      undo();
      waiting.delete(end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST));
    const undo = client.subscribe(() => { if (holds()) end(); });
    waiting.add(end);
  });

  return {
    get config() {
      return current();
    },
    getApiUrl: (endpoint = '') => address(false, endpoint, endpointOf(client.snapshot(), endpoint)),
    getEndpointMethod: (endpoint) =>
      (Object.hasOwn(current().ENDPOINTS, endpoint) ? current().ENDPOINTS[endpoint]?.method : undefined) ?? 'GET',
    getWebSocketUrl: (endpoint = '') => address(true, endpoint, webSocket(endpoint)),
    waitForConfig: async (timeout = 30_000) => {
      if (isPending()) await wait(() => !isPending(), timeout);
      if (isPending()) throw new Error(`landfall: no config within ${timeout} ms; the deadline of this service is ${deadline} ms`);
      return current();
    },
    discover: async () => {
      const isLive = () => client.snapshot().status === 'live';
      client.refresh();
      if (!isLive()) await wait(isLive, deadline);
      await client.ready();
      return current();
    },
    on,
    once,
    off,
    emit,
    clearCache: () => {
      try {
        localStorage.removeItem(`landfall:${name}`);
      } catch {
        // Storage is barred here, or there is none: nothing was kept.
      }
    },
    client,
    close: () => {
      client.close();
      for (const end of waiting) end();
      clear();
    },
  };
}

/** A service with the default options, which has begun to look for the backend when the module was imported. */
export default /* @__PURE__ */ createConfigService({ name: 'config-service-default' });
