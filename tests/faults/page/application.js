// The application of the fault matrix: it makes a client with the options that stand in its URL, by itself or below
// React's StrictMode, and writes down what becomes of it.
import { createClient } from 'landfall';

/** What a case looks at. */
const brief = ({ status, source, code, subject, origin, baseUrl, epoch, revision, config }) =>
  ({ status, source, code, subject, origin, baseUrl, boot: epoch?.boot ?? null, revision, config });

const EVENTS = ['config-ready', 'config-updated', 'service-relocated', 'endpoints-changed', 'discovery-failed'];

function watch(began, client) {
  const since = () => Math.round((performance.now() - began) * 10) / 10;
  const atOnce = client.snapshot().status;
  const history = [];
  const events = [];
  let settled = null;
  let settlements = 0;
  const keep = () => history.push({ ms: since(), ...brief(client.snapshot()) });
  client.subscribe(keep);
  client.ready().then((snapshot) => {
    settlements += 1;
    settled = { ms: since(), ...brief(snapshot) };
  });
  for (const type of EVENTS) client.on(type, ({ detail }) => events.push({ ms: since(), type, detail }));
  const shows = [];
  window.addEventListener('pageshow', ({ persisted }) => shows.push(persisted));
  let hiddenAt = null;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') hiddenAt = performance.timeOrigin + performance.now();
  });
  /** What this tab is among the tabs, and since when. */
  const role = () => window.__LANDFALL__?.trace().filter(({ kind }) => kind === 'tab').at(-1);
  window.faults = {
    client,
    /** Everything that was written down, as data. */
    report: () => ({
      began: performance.timeOrigin + began, atOnce, settled, settlements, history, events, now: brief(client.snapshot()),
      role: role()?.code ?? null, ledAt: role()?.code === 'leader' ? role().at : null, hiddenAt, shows, troubles: window.troubles,
    }),
  };
}

const { react, ...options } = JSON.parse(new URLSearchParams(location.search).get('options'));
const all = { devtools: true, ...options };
if (react) {
  // React's modules are CommonJS: what is imported dynamically of those is their default.
  const [{ default: { createElement, StrictMode } }, { default: { createRoot } }, { LandfallProvider, useClient }] = await Promise.all([
    import('react'), import('react-dom/client'), import('landfall/react'),
  ]);
  const began = performance.now();
  const clients = new Set();
  const Reader = () => {
    const client = useClient();
    if (!clients.has(client)) {
      clients.add(client);
      watch(began, client);
    }
    return null;
  };
  // As applications write it: the options are another object at each render.
  const App = () => createElement(LandfallProvider, { options: { ...all } }, createElement(Reader));
  createRoot(document.body.appendChild(document.createElement('div'))).render(createElement(StrictMode, null, createElement(App)));
  window.clients = clients;
} else {
  const began = performance.now();
  watch(began, createClient(all));
}
