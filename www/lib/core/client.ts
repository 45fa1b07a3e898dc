/**
 * The facade: answers every read from the last snapshot, loads the engine that keeps the snapshot true,
 * and settles on the fallback by itself when no engine does.
 */
import type { Client, ClientOptions, Params, Snapshot } from '../types.js';
import type { Use } from '../use/index.js';
import type { Engine, StartEngine } from './boundary.js';
import { readCache } from './cache.js';
import { Handle } from './handle.js';
import { type EarlyCode, initialSnapshot, reasonOf } from './initial.js';
import { share } from './share.js';
import { createStore } from './store.js';
import { baseOf, endpointOf, own, urlAt, urlOf } from './urls.js';
import { startWatchdog } from './watchdog.js';

/** Creates a client that gets its engine from `startEngine`. */
export function createClientWith(startEngine: StartEngine, options: ClientOptions = {}): Client {
  const { name = 'default', timeout = 1000 } = options;
  const startedAt = performance.now();
  const page = (globalThis as { location?: Location }).location;
  const mark = (what: string) => performance.mark(`landfall:${what}`, { detail: name });
  mark('start');

  const initial = share(undefined, initialSnapshot(options));

  let engine: Engine | undefined;
  let loading: Promise<void> | undefined;
  let failure: string | null = null;
  let closed = false;
  const release: (() => void)[] = [];
  const waiting: ((engine: Engine) => void)[] = [];
  let provided: string | undefined;

  /** Starts what a page can be without: its chunk may be missing. */
  const startLater = <Module>(chunk: Promise<Module>, start: (module: Module) => () => void) => {
    chunk.then((module) => closed || release.push(start(module)), () => undefined);
  };

  /** Without an engine, what the page itself says still holds. */
  const standAlone = () => {
    startLater(import('./alone.js'), ({ startAlone }) => startAlone({ ...kit, failure, provided }));
  };

  const load = async () => {
    try {
      const settings = { options, initial, name, startedAt, timeout, page };
      const started = await startEngine(settings, (snapshot, events) => closed || store.publish(snapshot, events));
      release.push(() => started.close());
      if (closed) {
        close();
        return;
      }
      started.start();
      for (const work of waiting.splice(0)) work(started);
      engine = started;
    } catch (error) {
      failure = String(error);
      loading = undefined;
      standAlone();
    }
  };

  /** Has `work` done by the engine, now or when it has arrived; a load that failed is tried again. */
  const withEngine = (work: (engine: Engine) => void = () => undefined) => {
    if (closed) return;
    if (engine) work(engine);
    else waiting.push(work);
    loading ??= load();
  };

  const settle = (code: EarlyCode) => {
    if (!store.isPending()) return;
    store.publish({ ...initial, source: 'fallback', ...reasonOf('fallback', code, failure) });
  };

  const close = () => {
    closed = true;
    for (const undo of release.splice(0)) undo();
    store.close();
    settle('closed');
  };

  // On a server without candidates there is nobody to ask: it renders what it was given, without timers.
  const asks = page ?? options.candidates?.length;
  // The engine is on its way before anything else is done: the storage is slow when it is read for the first time.
  if (asks) withEngine();

  const cached = options.cache === false ? undefined : readCache(name, initial);
  const store = createStore(cached ?? initial, mark);
  // For the lazy chunks: a module that one of them shared with this one would be a file of its own.
  const kit = { ...store, options, initial, page, baseOf, urlAt, engine: () => engine };
  if (asks) release.push(startWatchdog(timeout, () => !!engine, () => settle(failure ? 'engine-failed' : 'deadline')));
  else settle('no-candidates');

  if (options.devtools ?? (page && isDevelopment())) {
    startLater(import('../devtools/index.js'), ({ install }) => install({ ...kit, name }));
  }

  // A plain read of a URL is as cheap as a lookup: each is built once per snapshot.
  let builtFor: Snapshot | undefined;
  let built: Record<string, string>;
  const url = (to = '', params?: Params, query?: Params) => {
    const snapshot = store.snapshot();
    if (params || query) return urlOf(snapshot, false, to, params, query);
    if (builtFor !== snapshot) {
      builtFor = snapshot;
      built = Object.create(null) as typeof built; // No name is a prototype's.
    }
    return built[to] ??= urlOf(snapshot, false, to);
  };

  let usage: Promise<Use> | undefined;
  const loadUsage = () => usage ??= import('../use/index.js').then(({ createUse }) => {
    const made = createUse({ ...kit, loaded: () => loading });
    release.push(made.close);
    if (closed) close();
    return made;
  });
  const connect = (kind: 'socket' | 'events') => (to: string, how?: object) => {
    const handle = new Handle();
    loadUsage().then((it) => { it.connect(handle, kind, to, how); }).catch((error: unknown) => { handle.fail(error); });
    return handle;
  };

  return {
    ready: store.ready,
    snapshot: store.snapshot,
    serverSnapshot: () => initial,
    subscribe: store.subscribe,
    on: store.on,
    get: <T>(key: string, fallback: T) => (own(store.snapshot().config, key) as T | undefined) ?? fallback,
    endpoint: (to) => endpointOf(store.snapshot(), to),
    url,
    wsUrl: (to, params, query) => urlOf(store.snapshot(), true, to, params, query),
    fetch: async (to, init) => (await loadUsage()).fetch(to, init),
    socket: connect('socket'),
    events: connect('events'),
    provide: (config) => {
      // As text: the caller's object stays its own, and what cannot be stored is refused here and now.
      const text = (JSON.stringify(config) as string | undefined) ?? 'null';
      provided = text;
      if (asks) withEngine((running) => running.provide(text));
      else standAlone();
    },
    refresh: () => withEngine((running) => running.refresh()),
    requestLocalAccess: () => withEngine((running) => running.requestLocalAccess()),
    close,
  };
}

// Bundlers put a constant in its place; where nobody does, reading it throws.
declare const process: { readonly env: { readonly NODE_ENV?: string } };

function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production';
  } catch {
    return false;
  }
}
