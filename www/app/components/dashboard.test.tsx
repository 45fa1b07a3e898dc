// @vitest-environment jsdom
// The states of the whole page, rendered from values alone.
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { STATUS_BODY, endpoint, reading, service, snapshot, status, statusReading, verdict } from '../testing/fixtures';
import type { StatusReading } from '../feeds/status-feed';
import type { Labels } from '../model/labels';
import type { DriftReport } from '../model/drift';
import { type HealthReport, verdictKey } from '../model/verdict';
import { readRoute } from '../model/route';
import { Dashboard, type DashboardProps } from './dashboard';

const items = service('items-api', { title: 'Items API' });
const daemon = service('landfall', { url: 'http://127.0.0.1:7420', instances: [{ url: 'http://127.0.0.1:7420', weight: 100, health: 'healthy' }] });
const itemEndpoints = [
  endpoint({ path: '/items/{id}', name: '/items/{id}', methods: { GET: 'openapi', PUT: 'openapi', DELETE: 'openapi' }, operations: { GET: 'read_item' } }),
  endpoint({ path: '/ws/updates', name: 'updates', protocol: 'websocket', methods: {} }),
];

function report(...verdicts: ReturnType<typeof verdict>[]): HealthReport {
  return new Map(verdicts.map((entry) => [verdictKey(entry.service, entry.url), entry]));
}

function page(part: Partial<DashboardProps> = {}) {
  const props: DashboardProps = {
    snapshot: snapshot([daemon, items], itemEndpoints, { config: { GREETING: 'Welcome' } }),
    health: reading(report(verdict())),
    status: statusReading(),
    drift: reading<DriftReport>(new Map()),
    labels: reading<Labels>(new Map()),
    route: readRoute(''),
    changes: [],
    client: 'test',
    ...part,
  };
  return render(<Dashboard {...props} />);
}

const text = (): string => document.body.textContent.replaceAll('\u00A0', ' ');

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  vi.spyOn(window, 'scrollTo').mockImplementation(() => undefined);
});
afterEach(() => {
  cleanup();
  localStorage.clear();
});

describe('full', () => {
  test('lists services with class, health, latency and age', () => {
    page();
    const row = within(screen.getByRole('row', { name: /items-api/ }));
    expect(row.getByText('healthy')).toBeDefined();
    expect(row.getByText('100')).toBeDefined();
    expect(row.getByText(/1.2/)).toBeDefined();
    expect(row.getByText(/\d\s?s ago/)).toBeDefined();
    expect(row.getByRole('img', { name: /^Health over the last 2 checks/ })).toBeDefined();
    expect(row.getByRole('img', { name: /^Latency over the last 2 checks/ })).toBeDefined();
  });

  test('says of an instance that is not healthy why and since when, and of a healthy one nothing', () => {
    const detail = () => document.querySelector('.instance-why')?.textContent.replaceAll('\u00A0', ' ');
    const { unmount } = page({ route: readRoute('#/services/items-api') });
    expect(detail()).toBeUndefined();
    unmount();
    const down = verdict({ healthClass: 'unhealthy', message: 'status 503, expected 200 to 299', changedAt: Date.now() - 125_000 });
    page({ route: readRoute('#/services/items-api'), health: reading(report(down)) });
    expect(detail()).toMatch(/^status 503, expected 200 to 299unhealthy since \d\d:\d\d:\d\d \(2 min\)$/);
  });

  test('says what the memory ceiling makes it do without', () => {
    const MIB = 1_024 * 1_024;
    const value = statusReading().value;
    if (value === null) throw new Error('the fixture has a value');
    const memory = { rss_bytes: 35 * MIB, held_bytes: 31 * MIB, ceiling_bytes: 32 * MIB, level: 'no_history' };
    page({ status: reading({ ...value, status: status({ ...STATUS_BODY, memory }) }) });
    expect(text()).toContain('31 MiB of 32 MiB: histories are short');
    expect(document.querySelectorAll('.is-alarming dt')[1]?.textContent).toBe('Memory');
  });

  test('says what the daemon may use, what it used, its pace and what is overdue', () => {
    page();
    const meter = screen.getByRole('meter', { name: /CPU used/ });
    expect(meter.getAttribute('aria-valuetext')?.replaceAll('\u00A0', ' ')).toBe('0.62 % of a core used, 1 % allowed');
    expect(text()).toContain('Pace84 %');
    expect(text()).toContain('Overdue4');
    expect(text()).toContain('8.7 s');
    expect(text()).toContain('4.3 MiB');
  });

  test('has its landmarks and no alarm', () => {
    page();
    expect(screen.getByRole('banner')).toBeDefined();
    expect(screen.getByRole('navigation', { name: 'Views' })).toBeDefined();
    expect(screen.getByRole('main')).toBeDefined();
    expect(screen.getByRole('status').textContent).toBe('');
    expect(document.querySelector('[data-stale="true"]')).toBeNull();
    expect(text()).toContain('Live');
  });

  test('the chosen service has its endpoints with methods, evidence and protocol', () => {
    page({ route: readRoute('#/services/items-api') });
    const rows = within(screen.getByRole('table', { name: 'Endpoints of items-api' })).getAllByRole('row');
    expect(rows[1]?.textContent).toContain('/items/{id}read_itemGETPUTDELETEknown from OpenAPIHTTP');
    expect(rows[2]?.textContent).toContain('WebSocket');
  });

  test('a contradiction is shown beside the methods', () => {
    const contradicted = endpoint({ contradictions: [{ method: 'POST', claimed: 'options', denied: 'openapi' }] });
    page({ snapshot: snapshot([items], [contradicted]), route: readRoute('#/services/items-api') });
    expect(screen.getByText('OPTIONS names POST, OpenAPI leaves it out')).toBeDefined();
  });

  test('a service of the URL that is not there is said to be missing', () => {
    page({ route: readRoute('#/services/gone') });
    expect(screen.getByRole('heading', { name: 'gone is not in the catalog' })).toBeDefined();
  });

  test('config values are formatted JSON', () => {
    page({ route: readRoute('#/config') });
    expect(screen.getByText('GREETING')).toBeDefined();
    expect(screen.getByText('"Welcome"')).toBeDefined();
  });
});

describe('settings', () => {
  const showing = (settings: object) => {
    const value = statusReading().value;
    if (value === null) throw new Error('the fixture has a value');
    page({ status: reading({ ...value, status: status({ ...STATUS_BODY, settings }) }) });
  };

  test('a settings file that is wrong is told with its place, while the settings before it hold', () => {
    showing({ file: '/etc/landfall.toml', reloads: 1, error: 'TOML parse error at line 2, column 1\nunknown field <b>', needs_restart: [] });
    const banner = screen.getByRole('region', { name: 'Settings' });
    expect(banner.textContent).toContain('What it said before still holds: /etc/landfall.toml.');
    expect(banner.querySelector('pre')?.textContent).toBe('TOML parse error at line 2, column 1\nunknown field <b>');
  });

  test('values that need a restart are named, and without either nothing is said', () => {
    showing({ file: null, reloads: 1, error: null, needs_restart: ['listen', 'name'] });
    expect(screen.getByRole('region', { name: 'Settings' }).textContent).toBe('A restart is needed for new values of listen, name.');
    cleanup();
    showing({ file: null, reloads: 0, error: null, needs_restart: [] });
    expect(screen.queryByRole('region', { name: 'Settings' })).toBeNull();
  });
});

describe('drift', () => {
  const gone = { path: '/items/{id}', protocol: 'http', methods: ['PUT'], whole: false, since: Date.now() - 75_500 };
  const drift = reading<DriftReport>(new Map([['items-api', { service: 'items-api', missing: [gone], omitted: 2 }]]));

  test('what a service lacks stands in its row and in its page', () => {
    page({ drift, route: readRoute('#/services/items-api') });
    expect(screen.getByRole('row', { name: /items-api/ }).textContent).toContain('3 missing');
    expect(screen.getByRole('heading', { name: '3 missing of what it had' })).toBeDefined();
    const table = screen.getByRole('table', { name: 'Missing endpoints of items-api' });
    expect(table.textContent.replaceAll('\u00A0', ' ')).toMatch(/PUTthe path is still there\d+ (s|min) ago/);
  });

  test('all of it has a view of its own, which leads to the services', () => {
    page({ drift, route: readRoute('#/drift') });
    expect(text()).toContain('3 endpoints of 1 service');
    expect(screen.getByRole('link', { name: 'items-api' }).getAttribute('href')).toBe('#/services/items-api');
    expect(screen.getByRole('navigation', { name: 'Views' }).textContent).toContain('Drift1');
  });

  test('nothing missing, and nothing said, are not the same', () => {
    page({ route: readRoute('#/drift') });
    expect(text()).toContain('Nothing is missing');
    cleanup();
    page({ drift: reading<DriftReport>(null, { lostSince: 1 }), route: readRoute('#/drift') });
    expect(text()).toContain('The daemon has not said what is missing.');
    expect(screen.getByRole('navigation', { name: 'Views' }).textContent).toContain('DriftBudget');
  });
});

describe('search', () => {
  test('narrows the list, shows the endpoints that were meant, and can be undone', () => {
    page();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'put' } });
    expect(screen.queryByRole('row', { name: /landfall/ })).toBeNull();
    expect(screen.getByRole('row', { name: /items-api/ }).textContent).toContain('/items/{id}');
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing like it' } });
    expect(text()).toContain('No service or endpoint matches “nothing like it”.');
    fireEvent.click(screen.getByRole('button', { name: 'Show all services' }));
    expect(screen.getByRole('row', { name: /landfall/ })).toBeDefined();
  });

  test('a choice of source and of method narrows the list further, and is undone with the rest', () => {
    const landfall = verdict({ service: 'landfall', url: 'http://127.0.0.1:7420', source: 'daemon' });
    page({ health: reading(report(verdict(), landfall)) });
    const choose = (name: string, value: string) => fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });
    choose('Only sources', 'daemon');
    expect(screen.queryByRole('row', { name: /items-api/ })).toBeNull();
    expect(screen.getByRole('row', { name: /landfall/ })).toBeDefined();
    choose('Only methods', 'WS');
    expect(text()).toContain('No service of this choice.');
    fireEvent.click(screen.getByRole('button', { name: 'Show all services' }));
    choose('Only methods', 'WS');
    expect(screen.getByRole('row', { name: /items-api/ }).textContent).toContain('/ws/updates');
    expect(screen.queryByRole('row', { name: /landfall/ })).toBeNull();
  });

  test('a choice of label leaves the services that have it, which say so; the search finds labels too', () => {
    page({ labels: reading<Labels>(new Map([['items-api', ['team=shop', 'tier=back end']]])) });
    fireEvent.change(screen.getByRole('combobox', { name: 'Only labels' }), { target: { value: 'tier=back end' } });
    expect(screen.queryByRole('row', { name: /landfall/ })).toBeNull();
    expect(screen.getByRole('row', { name: /items-api/ })).toBeDefined();
    expect(within(screen.getByRole('list', { name: 'Labels' })).getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['team=shop', 'tier=back end']);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'label:team=search' } });
    fireEvent.click(screen.getByRole('button', { name: 'Show all services' }));
    expect(screen.getByRole('row', { name: /landfall/ })).toBeDefined();
  });

  test('without a label there is no choice of labels', () => {
    page();
    expect(screen.queryByRole('combobox', { name: 'Only labels' })).toBeNull();
  });

  test('how the daemon knows of an instance stands with it', () => {
    page({ route: readRoute('#/services/items-api') });
    expect(text()).toContain('found by its socket');
  });

  test('a class filter leaves the services of that class', () => {
    page({ health: reading(report(verdict({ healthClass: 'unhealthy', health: 0 }))) });
    fireEvent.click(screen.getByRole('button', { name: /unhealthy 1/i }));
    expect(screen.getAllByRole('row')).toHaveLength(1 + 1 + 3); // the head and one service; the detail's table has a head and two endpoints
    expect(screen.getByRole('row', { name: /items-api/ })).toBeDefined();
  });
});

describe('loading', () => {
  test('shows shapes, no numbers, and no advice', () => {
    page({ snapshot: snapshot([], [], { status: 'pending', source: null, reason: 'nothing has been heard yet', origin: null }), health: reading<HealthReport>(null), status: reading<StatusReading>(null) });
    expect(text()).toContain('Looking for the daemon.');
    expect(document.querySelectorAll('.skeleton').length).toBeGreaterThan(4);
    expect(screen.queryByText('Only the daemon itself runs here')).toBeNull();
  });
});

describe('empty', () => {
  test('shows the daemon itself and how to add a service', () => {
    page({ snapshot: snapshot([daemon]) });
    expect(screen.getByRole('row', { name: /landfall/ })).toBeDefined();
    expect(screen.getByRole('heading', { name: 'Only the daemon itself runs here' })).toBeDefined();
    expect(text()).toContain('[[services]]');
    expect(screen.queryByRole('searchbox')).toBeNull();
  });

  test('a catalog without config says so', () => {
    page({ snapshot: snapshot([daemon]), route: readRoute('#/config') });
    expect(text()).toContain('The catalog carries no config values.');
  });
});

describe('stale and error', () => {
  test('when the daemon stops answering, what stays on screen is marked, with since when', () => {
    page({ status: statusReading({ lostSince: new Date(2026, 0, 2, 14, 3, 9).getTime() }) });
    expect(document.querySelector('.app')?.getAttribute('data-stale')).toBe('true');
    const banner = screen.getByRole('region', { name: 'Connection' });
    expect(banner.textContent).toContain('No answer since 14:03:09');
    expect(banner.textContent).toContain('What you see is the last known state');
    expect(screen.getByRole('row', { name: /items-api/ })).toBeDefined();
  });

  test('with nothing known there are no zeros that could be taken for findings', () => {
    page({
      snapshot: snapshot([], [], { status: 'fallback', source: 'fallback', reason: 'no source gave a usable value by the deadline', origin: null }),
      health: reading<HealthReport>(null),
      status: reading<StatusReading>(null, { lostSince: Date.now() }),
    });
    expect(text()).toContain('No daemon');
    expect(text()).toContain('No source gave a usable value by the deadline.');
    expect(screen.queryByRole('region', { name: 'Services' })).toBeNull();
    expect(screen.queryByText('Only the daemon itself runs here')).toBeNull();
    expect(text()).not.toMatch(/0 (healthy|endpoints)/);
  });
});

describe('hostile services', () => {
  const evil = service('<img src=x onerror=alert(1)>', {
    title: '\u202Egnp.exe',
    url: 'javascript:alert(1)',
    instances: [{ url: 'javascript:alert(1)', weight: 1, health: 'healthy' }],
  });

  test('their words are text, their addresses no links', () => {
    page({ snapshot: snapshot([evil, service('x'.repeat(5_000))]), route: { view: 'services', service: evil.name } });
    expect(document.querySelector('img[src]')).toBeNull();
    expect(document.querySelector('a[href^="javascript"]')).toBeNull();
    expect(text()).not.toContain('\u202E');
    expect(text()).not.toContain('x'.repeat(200));
  });
});

test('a thousand services are a few rows', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => service(`service-${index}`));
  page({ snapshot: snapshot(many) });
  expect(screen.getByRole('table', { name: 'Services' }).getAttribute('aria-rowcount')).toBe('1001');
  expect(document.querySelectorAll('.service-row').length).toBeLessThan(30);
});

test('a chosen theme is on <html> and remembered', () => {
  page();
  fireEvent.click(screen.getByRole('radio', { name: 'Dark' }));
  expect(document.documentElement.dataset.theme).toBe('dark');
  expect(localStorage.getItem('landfall-dashboard:theme')).toBe('dark');
  fireEvent.click(screen.getByRole('radio', { name: 'As the system' }));
  expect(document.documentElement.dataset.theme).toBeUndefined();
  expect(localStorage.getItem('landfall-dashboard:theme')).toBeNull();
});
