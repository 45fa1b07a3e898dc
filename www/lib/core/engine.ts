/**
 * Starts the WebAssembly engine and gives its codes their words. Loaded lazily: nothing here is needed before
 * the first value can be read.
 */
import { Engine as WasmEngine, initSync } from 'landfall:glue';
import type { EngineOptions, EngineSettings, StartEngine } from './boundary.js';
import type { Locks } from './early-lock.js';
import { watchLocalAccess } from './local-access.js';
import { inWords, reasonInWords } from './words.js';

/** What the engine's `signal` takes (`src/lib.rs`). */
const START = 0;
const REFRESH = 1;
const CLOSE = 2;
/** The browser knows no permission, and the user has given the word. */
const CONSENT = 3;
/** What the browser permits, with 1 added for this machine and 2 for this network. */
const ACCESS = 4;

/** All engines of a page share one instance of the module. */
let instance: Promise<unknown> | undefined;

/** Starts an engine from the module that `compile` gives; only the first one compiles. `locks` may have the tabs' lock already. */
export async function startEngine(
  compile: () => WebAssembly.Module | Promise<WebAssembly.Module>,
  settings: EngineSettings,
  publish: Parameters<StartEngine>[1],
  locks?: Locks,
): ReturnType<StartEngine> {
  instance ??= instantiate(compile);
  try {
    await instance;
  } catch (error) {
    instance = undefined;
    throw error;
  }
  try {
    const engine = new WasmEngine({ ...engineOptions(settings), locks }, ({ snapshot, events }) =>
      publish({ ...snapshot, reason: reasonInWords(snapshot) }, events));
    const access = watchLocalAccess(settings.options.candidates ?? [], (loopback, network, consent) =>
      engine.signal(consent ? CONSENT : ACCESS + Number(loopback) + 2 * Number(network)));
    return Object.assign(engine, {
      start: () => engine.signal(START),
      refresh: () => engine.signal(REFRESH),
      trace: () => engine.records(false),
      requests: () => engine.records(true),
      requestLocalAccess: access.request,
      close() {
        access.end();
        engine.signal(CLOSE);
        locks?.drop();
      },
    });
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    const { at, code, value } = refusal as Refusal;
    throw new TypeError(`option ${at || 'object'} '${value}': ${inWords(code)}`, { cause: refusal });
  }
}

async function instantiate(compile: () => WebAssembly.Module | Promise<WebAssembly.Module>): Promise<void> {
  initSync({ module: await compile() });
}

/** What the engine's constructor throws. */
interface Refusal {
  readonly at: string;
  readonly code: string;
  readonly value: string;
}

function engineOptions({ options, initial, name, startedAt, timeout, page }: EngineSettings): EngineOptions {
  return {
    name,
    startedAt,
    timeout,
    fallback: { baseUrl: initial.baseUrl, wsBaseUrl: initial.wsBaseUrl, config: initial.config },
    page: page?.origin ?? null,
    ports: options.ports ?? [],
    candidates: options.candidates ?? [],
    ownOriginOnly: options.ownOriginOnly ?? false,
    endpoints: options.endpoints ?? [],
    health: options.health ?? null,
    service: options.service ?? null,
    expect: options.expect ?? {},
    cache: options.cache ?? true,
    tabs: options.tabs ?? true,
    seed: Math.floor(Math.random() * 2 ** 32),
  };
}
