// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { StrictMode, Suspense, use, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine, EngineSettings, StartEngine } from '../core/boundary.js';
import { initialSnapshot } from '../core/initial.js';
import { createClient } from '../index.js';
import { LandfallProvider, useClient, useConfig, useEndpoint, useSnapshot, useStatus, useUrl } from '../react.js';
import type { ClientOptions, Snapshot } from '../types.js';

/** Every engine that was started and not closed again; the real one is the business of tests/packaging. */
const { engines } = vi.hoisted(() => ({ engines: new Map<object, { settings: EngineSettings; publish: Parameters<StartEngine>[1] }>() }));
vi.mock('../core/inlined.js', () => ({
  startInlined: ((settings, publish) => {
    const engine: Engine = {
      start: () => undefined, provide: () => undefined, refresh: () => undefined, requestLocalAccess: () => undefined, trace: () => [], requests: () => [],
      close: () => void engines.delete(engine),
      begin: () => 0, route: () => undefined, ended: () => -1, report: () => undefined,
    };
    engines.set(engine, { settings, publish });
    return Promise.resolve(engine);
  }) satisfies StartEngine,
}));

const live = (more: Partial<Snapshot> = {}): Snapshot => ({
  ...initialSnapshot({}), status: 'live', source: 'live', code: 'live', reason: 'live', baseUrl: 'http://localhost:8000',
  endpoints: [{ service: null, name: 'items', path: '/items', protocol: 'http', methods: { GET: 'openapi' }, operations: {}, contradictions: [] }],
  names: { items: { endpoint: 0 } },
  ...more,
});

function publish(snapshot: Snapshot): void {
  act(() => {
    for (const engine of engines.values()) engine.publish(snapshot, [{ type: 'config-ready', detail: {} }]);
  });
}
const loaded = () => act(async () => { await vi.dynamicImportSettled(); });
const passing = (ms: number) => act(async () => { await vi.advanceTimersByTimeAsync(ms); });

function Page({ onRender }: { readonly onRender?: () => void }): ReactNode {
  onRender?.();
  const theme = useConfig('theme', 'light');
  const items = useEndpoint('items');
  return <p>{`${useStatus()} ${theme} ${Object.keys(items?.methods ?? {}).join()} ${useUrl('items')}`}</p>;
}
const text = () => screen.getByRole('paragraph').textContent;

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(async () => {
  cleanup();
  await passing(10_000);
  expect(engines.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the provider', () => {
  it('makes a client of its options, and closes it after it has gone', async () => {
    const { unmount } = render(<LandfallProvider options={{}}><Page /></LandfallProvider>);
    expect(text()).toBe('pending light  http://localhost:8010/items');
    await loaded();
    publish(live({ config: { theme: 'dark' } }));
    expect(text()).toBe('live dark GET http://localhost:8000/items');
    expect(engines.size).toBe(1);
    unmount();
    await passing(0);
    expect(engines.size).toBe(0);
  });

  it('makes one client in StrictMode, which mounts everything twice', async () => {
    const started = vi.spyOn(engines, 'set');
    const { unmount } = render(<StrictMode><LandfallProvider options={{}}><Page /></LandfallProvider></StrictMode>);
    await loaded();
    await passing(0);
    publish(live());
    expect(text()).toContain('live');
    expect(started).toHaveBeenCalledOnce();
    unmount();
    await passing(0);
    expect(engines.size).toBe(0);
  });

  it('keeps its client when it renders again with options written inline', async () => {
    const { rerender } = render(<LandfallProvider options={{ name: 'a' }}><Page /></LandfallProvider>);
    await loaded();
    rerender(<LandfallProvider options={{ name: 'b' }}><Page /></LandfallProvider>);
    await loaded();
    expect([...engines.values()].map(({ settings }) => settings.name)).toEqual(['a']);
  });

  it('starts over with another key', async () => {
    const { rerender } = render(<LandfallProvider key="a" options={{ name: 'a' }}><Page /></LandfallProvider>);
    await loaded();
    rerender(<LandfallProvider key="b" options={{ name: 'b' }}><Page /></LandfallProvider>);
    await loaded();
    await passing(0);
    expect([...engines.values()].map(({ settings }) => settings.name)).toEqual(['b']);
  });

  it('shares one client among providers of the same options, until the last has gone', async () => {
    const options: ClientOptions = {};
    const tree = (count: number) => Array.from({ length: count }, (_, key) => <LandfallProvider key={key} options={options} />);
    const { rerender } = render(tree(2));
    await loaded();
    expect(engines.size).toBe(1);
    rerender(tree(1));
    await passing(0);
    expect(engines.size).toBe(1);
    rerender(tree(0));
    await passing(0);
    expect(engines.size).toBe(0);
  });

  it('closes the client of a tree that was rendered and never mounted', async () => {
    const never = new Promise<never>(() => undefined);
    function Waiting(): ReactNode {
      useClient();
      return use(never);
    }
    const { unmount } = await act(async () => {
      await Promise.resolve(); // React wants to be awaited where something suspends.
      return render(<Suspense><LandfallProvider options={{}}><Waiting /></LandfallProvider></Suspense>);
    });
    await loaded();
    expect(engines.size).toBe(1);
    unmount();
    await passing(10_000);
    expect(engines.size).toBe(0);
  });

  it('leaves a client alone that the application made', async () => {
    const client = createClient({ devtools: false });
    const { unmount } = render(<LandfallProvider client={client}><Page /></LandfallProvider>);
    await loaded();
    publish(live());
    expect(text()).toContain('live');
    unmount();
    await passing(0);
    expect(engines.size).toBe(1);
    client.close();
  });
});

describe('the hooks', () => {
  it('render again only when what they read has changed', async () => {
    const onRender = vi.fn();
    render(<LandfallProvider options={{}}><Page onRender={onRender} /></LandfallProvider>);
    await loaded();
    publish(live({ config: { theme: 'dark', other: 1 } }));
    const before = onRender.mock.calls.length;
    publish(live({ config: { theme: 'dark', other: 2 }, revision: 7 }));
    expect(onRender).toHaveBeenCalledTimes(before);
    publish(live({ baseUrl: 'http://localhost:8001', config: { theme: 'dark' } }));
    expect(text()).toBe('live dark GET http://localhost:8001/items');
  });

  it('give the whole snapshot', async () => {
    function Whole(): ReactNode {
      const { status, revision } = useSnapshot();
      return <p>{`${status} ${revision ?? 'none'}`}</p>;
    }
    render(<LandfallProvider options={{}}><Whole /></LandfallProvider>);
    await loaded();
    publish(live({ revision: 4 }));
    expect(text()).toBe('live 4');
  });

  it('say what is missing where there is no provider', () => {
    expect(() => render(<Page />)).toThrow('LandfallProvider');
  });
});

describe('server rendering', () => {
  const options: ClientOptions = { fallback: { baseUrl: 'https://api.example', config: { theme: 'dusk' } }, candidates: ['https://a.example'] };

  it('gives what the options give, and starts nothing', () => {
    vi.stubGlobal('document', undefined);
    vi.stubGlobal('location', undefined);
    const html = renderToString(<LandfallProvider options={options}><Page /></LandfallProvider>);
    vi.unstubAllGlobals();
    expect(html).toBe('<p>pending dusk  https://api.example/items</p>');
    expect(engines.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is what hydration begins with, even when the browser knows more', async () => {
    const container = document.body.appendChild(document.createElement('div'));
    container.innerHTML = renderToString(<LandfallProvider options={{ ...options }}><Page /></LandfallProvider>);
    await loaded(); // Of two imports of a mocked module at the same moment, vitest gives one the real thing.
    localStorage.setItem('landfall:default', JSON.stringify({ v: 1, t: Date.now(), s: live({ config: { theme: 'kept' } }) }));
    const complaint = vi.spyOn(console, 'error');
    render(<LandfallProvider options={{ ...options }}><Page /></LandfallProvider>, { container, hydrate: true });
    await loaded();
    expect(complaint).not.toHaveBeenCalled();
    expect(text()).toBe('cached kept GET http://localhost:8000/items');
    localStorage.clear();
  });
});
