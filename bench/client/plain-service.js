// The config service that an application writes by hand, the other side of this comparison. It is of the kind that
// docs/benchmarks.md describes: it asks every candidate port for its health, all at once; then asks the backend for
// each endpoint that the application wants; then fires one event. It has no deadline, and whoever listens too late
// hears nothing. It is written without mistakes: what it lacks, such services lack.

/** A port that does not answer is given up after this long. The slowest one decides, as all are waited for. */
const HEALTH_TIMEOUT_MS = 3_000;
/** Between two scans while nothing was found. */
const RESCAN_MS = 5_000;
const CACHE_KEY = 'plain-config';

async function answers(url) {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  } catch {
    return null;
  }
}

async function isHealthy(base) {
  const answer = await answers(`${base}/health`);
  try {
    return answer?.ok === true && (await answer.json()).status === 'ok';
  } catch {
    return false;
  }
}

/** The first candidate that is healthy, after all have answered or timed out. */
async function scan(ports) {
  const bases = ports.map((port) => `http://localhost:${port}`);
  const healthy = await Promise.all(bases.map(isHealthy));
  return bases.find((_, index) => healthy[index]) ?? null;
}

/** Which endpoints are there: a GET that is answered with anything but 404 proves the path. */
async function probe(base, endpoints) {
  const found = await Promise.all(endpoints.map(async ({ name, path, method }) => {
    const answer = await answers(`${base}${path}`);
    return answer && answer.status !== 404 ? [[name, { path, method }]] : [];
  }));
  return Object.fromEntries(found.flat());
}

function readCache() {
  try {
    return JSON.parse(localStorage.getItem(CACHE_KEY));
  } catch {
    return null;
  }
}

/**
 * @param {{ports: number[], endpoints: {name: string, path: string, method: string}[]}} options
 */
export function createPlainService({ ports, endpoints }) {
  const listeners = new Map();
  const service = {
    config: { API_BASE_URL: null, WS_BASE_URL: null, ENDPOINTS: {} },

    on(type, listener) {
      listeners.set(type, [...(listeners.get(type) ?? []), listener]);
    },

    emit(type) {
      for (const listener of listeners.get(type) ?? []) listener(service.config);
    },

    /** What was found before is taken when it is still healthy; else everything is looked for, until it is found. */
    async discover() {
      const cached = readCache();
      if (cached && await isHealthy(cached.API_BASE_URL)) {
        service.config = cached;
        service.emit('config-ready');
        return;
      }
      const base = await scan(ports);
      if (base === null) {
        setTimeout(service.discover, RESCAN_MS);
        return;
      }
      service.config = { API_BASE_URL: base, WS_BASE_URL: base.replace('http', 'ws'), ENDPOINTS: await probe(base, endpoints) };
      localStorage.setItem(CACHE_KEY, JSON.stringify(service.config));
      service.emit('config-ready');
    },

    getApiUrl(name) {
      const { API_BASE_URL, ENDPOINTS } = service.config;
      return API_BASE_URL === null ? null : API_BASE_URL + (ENDPOINTS[name]?.path ?? name);
    },
  };
  return service;
}
