// The cases of the client benchmark: what is wrong with the backend, and what is measured of each side.
//
// A case returns `{ms, fromNavigation?, requests, …}`; `ms` is null when the page had no config within the limit.
import { setTimeout as pause } from 'node:timers/promises';

import { USELESS, after, application, withCatalog } from './backend.mjs';
import { now, visit } from './lab.mjs';

/** What the page does once it has its config is let happen before the case ends: it keeps it, and opens its stream. */
const AFTERWARDS_MS = 150;
/** Landfall's deadline, and what a browser's timer may be late. */
const DEADLINE_MS = 1_050;
/** What happens within the page's first script takes no longer than this. */
export const AT_ONCE_MS = 5;
/** When a component that is shown later subscribes, after the page has its config. */
const LATE_MS = 200;

/** When the component was told, and how often the backend was asked until then. */
const timesAndRequests = (told, backend) => ({
  ms: told?.ms ?? null,
  fromNavigation: told?.fromNavigation ?? null,
  requests: backend.requests(told?.clock),
});

/** A visit of a page whose backend is there: until the component has a live config. */
async function activate(lab, side, { handler, limit, neighbour, lateAfter }) {
  const ports = await lab.ports();
  const backend = await lab.backend(handler, ports[2]);
  // In front of the backend, where it is in the way if anywhere.
  if (neighbour) await lab.backend(neighbour, ports[0]);
  const visited = await visit(lab, await lab.visitor(), side, { ports, lateAfter });
  const live = await visited.told({ status: 'live' }, limit);
  await pause(AFTERWARDS_MS);
  return { visited, ports, backend, measured: timesAndRequests(live, backend) };
}

const activation = (how) => async (lab, side, { limit }) => (await activate(lab, side, { ...how, limit })).measured;

/** A browser that was here before. */
async function returning(lab, side, { ports, limit }) {
  const visitor = await lab.visitor();
  const first = await visit(lab, visitor, side, { ports });
  await first.told({ status: 'live' }, limit);
  await pause(AFTERWARDS_MS);
  await first.page.close();
  return visitor;
}

/** How long a page takes that only reads what was kept. */
async function readingAlone(lab, { ports, limit }) {
  const page = await visit(lab, await returning(lab, 'landfall', { ports, limit }), 'floor', { ports });
  return (await page.noted('at-once', limit))?.ms;
}

/**
 * A page that was here before: until its component has a config, and whether it could read the last known good value in the
 * task that asked for it, with the backend's URL and what was found of an endpoint's methods.
 */
async function secondVisit(lab, side, { limit }) {
  const ports = await lab.ports();
  const backend = await lab.backend(withCatalog(), ports[2]);
  const visitor = await returning(lab, side, { ports, limit });
  const before = backend.requests();
  const second = await visit(lab, visitor, side, { ports });
  const usable = await second.told({}, limit);
  const live = await second.told({ status: 'live' }, limit);
  const atOnce = second.notes.find(({ kind }) => kind === 'at-once');
  const floor = side === 'landfall' ? await readingAlone(lab, { ports, limit }) : undefined;
  return {
    ...timesAndRequests(usable, backend),
    requests: backend.requests(usable?.clock) - before,
    revalidated: live?.ms ?? null,
    atOnce: atOnce?.ms,
    floor,
    synchronous: atOnce?.status === 'cached' && atOnce.url === `http://localhost:${ports[2]}/items` && atOnce.methods.includes('POST'),
  };
}

/** A component that subscribes after the page has its config: until it is told. */
async function lateSubscriber(lab, side, { limit }) {
  const { visited, measured } = await activate(lab, side, { handler: withCatalog(), limit, lateAfter: LATE_MS });
  const late = await visited.noted('late', limit);
  return { ms: late?.ms ?? null, requests: measured.requests };
}

/** A backend that is of no use until it is mended: until the component has anything, then until it has the mended one. */
const useless = (handler) => async (lab, side, { limit, healLimit }) => {
  const ports = await lab.ports();
  const stuck = handler ? await lab.backend(handler, ports[2]) : null;
  const visited = await visit(lab, await lab.visitor(), side, { ports });
  const settled = await visited.told({}, limit);
  const requests = stuck?.requests(settled?.clock) ?? 0;
  if (stuck) stuck.answerWith(application);
  else await lab.backend(application, ports[2]);
  const mended = now();
  const live = await visited.told({ status: 'live' }, healLimit);
  return { ms: settled?.ms ?? null, fromNavigation: settled?.fromNavigation ?? null, requests, healed: live ? live.clock - mended : null };
};

/** A backend that comes up after the page: until the component has it, from when it listens. */
async function comesUpLater(lab, side, { laterMs, healLimit }) {
  const ports = await lab.ports();
  const visited = await visit(lab, await lab.visitor(), side, { ports });
  await pause(Math.max(0, visited.began + laterMs - now()));
  const backend = await lab.backend(application, ports[2]);
  const up = now();
  const live = await visited.told({ status: 'live' }, healLimit);
  return { ms: live ? live.clock - up : null, requests: backend.requests(live?.clock) };
}

/** A backend that stops and is up again on another port: until the component has its new place, from when it listens there. */
const moves = (handler) => async (lab, side, { limit, moveLimit, awayMs }) => {
  const { visited, ports, backend } = await activate(lab, side, { handler: handler(1), limit });
  await backend.stop();
  await pause(awayMs);
  const elsewhere = await lab.backend(handler(2), ports[3]);
  const up = now();
  const live = await visited.told({ status: 'live', baseUrl: `http://localhost:${ports[3]}` }, moveLimit);
  // The event is told after the snapshot has changed.
  const event = await visited.noted('event', AFTERWARDS_MS);
  const relocated = event?.type === 'service-relocated';
  return { ms: live ? live.clock - up : null, requests: elsewhere.requests(live?.clock), relocated };
};

/**
 * Every case, with the bars that are set for Landfall: `bar` in milliseconds, and requests to the backend. A `goal` is the
 * project's own, where what is to be beaten sets no time. `brief` ones are run in a brief run too.
 */
export const CASES = [
  { name: 'first visit, catalog', brief: true, bar: 60, requests: 1, run: activation({ handler: withCatalog() }) },
  { name: 'first visit, OpenAPI', bar: 60, requests: 2, run: activation({ handler: application }) },
  { name: 'second visit', brief: true, bar: null, goal: AT_ONCE_MS, run: secondVisit },
  { name: 'another candidate hangs', brief: true, bar: 100, run: activation({ handler: application, neighbour: USELESS.hangs }) },
  { name: 'backend answers in 400 ms', bar: 500, run: activation({ handler: after(400, withCatalog()) }) },
  { name: 'the same, OpenAPI', bar: null, run: activation({ handler: after(400, application) }) },
  { name: 'component subscribes late', brief: true, bar: AT_ONCE_MS, run: lateSubscriber },
  { name: 'no backend', brief: true, bar: DEADLINE_MS, heals: true, run: useless(null) },
  ...Object.entries(USELESS).map(([name, handler]) => ({ name: `backend ${name}`, bar: DEADLINE_MS, heals: true, run: useless(handler) })),
  { name: 'backend comes up 2 s later', brief: true, bar: 400, run: comesUpLater },
  { name: 'backend moves, catalog', brief: true, bar: 2_000, run: moves(withCatalog) },
  { name: 'backend moves, OpenAPI', bar: 2_000, run: moves(() => application) },
];
