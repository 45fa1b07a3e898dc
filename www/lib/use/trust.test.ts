import { describe, expect, it } from 'vitest';
import { initialSnapshot } from '../core/initial.js';
import type { ClientOptions, Snapshot } from '../types.js';
import { guard, isTrusted, showsWho } from './trust.js';

/** A page at `home`, with a snapshot read from `origin` that says where the service `api` runs. */
const grounds = (home: string | undefined, options: ClientOptions, { origin = null, api = [] }: { origin?: string | null; api?: string[] } = {}) => {
  const snapshot: Snapshot = {
    ...initialSnapshot({}),
    origin,
    services: { api: { name: 'api', title: null, url: api[0] ?? null, instances: api.map((url) => ({ url, weight: 1, health: 'healthy' as const })) } },
  };
  return { options, snapshot: () => snapshot, page: home === undefined ? undefined : ({ origin: home } as Location) };
};
const HOME = 'https://app.example';

describe('credentials go', () => {
  it('to the page itself, whatever the options say', () => {
    expect(isTrusted(HOME, grounds(HOME, {}))).toBe(true);
    expect(isTrusted(HOME, grounds(HOME, { use: { credentials: [] } }))).toBe(true);
  });

  it('to nobody whom only a catalog names', () => {
    const told = grounds(HOME, {}, { origin: HOME, api: ['https://evil.example'] });
    expect(isTrusted('https://evil.example', told)).toBe(false);
    expect(() => { guard('orders', 'https://evil.example/orders', told); }).toThrow(expect.objectContaining({ code: 'credentials' }));
  });

  it('to the origins of the option, exactly', () => {
    const named = grounds(HOME, { use: { credentials: ['https://api.example/v1'] }, candidates: ['https://other.example'] });
    expect(isTrusted('https://api.example', named)).toBe(true);
    for (const origin of ['http://api.example', 'https://api.example:444', 'https://api.example.evil', 'https://other.example', '']) {
      expect(isTrusted(origin, named)).toBe(false);
    }
  });

  it('without the option to those that the options name otherwise', () => {
    const named = grounds(HOME, { candidates: ['https://one.example'], fallback: { baseUrl: 'https://two.example/api' } });
    for (const origin of ['https://one.example', 'https://two.example']) expect(isTrusted(origin, named)).toBe(true);
    expect(isTrusted('https://three.example', named)).toBe(false);
  });

  it('from this machine to this machine, and not there from elsewhere', () => {
    const local = grounds('http://localhost:3000', {});
    for (const origin of ['http://127.0.0.1:8010', 'http://[::1]:1', 'https://api.localhost']) expect(isTrusted(origin, local)).toBe(true);
    for (const origin of ['http://localhost.evil', 'http://127.0.0.1.evil', 'http://10.0.0.1', 'https://api.example']) expect(isTrusted(origin, local)).toBe(false);
    expect(isTrusted('http://localhost:8010', grounds(HOME, {}))).toBe(false);
    expect(isTrusted('http://localhost:8010', grounds(undefined, {}))).toBe(false);
  });

  it('to where the declared service runs, when one of them says so', () => {
    const options = { service: 'api' };
    const api = ['https://api1.example', 'https://api2.example'];
    for (const origin of api) {
      expect(isTrusted(origin, grounds(HOME, options, { origin: HOME, api }))).toBe(true);
      expect(isTrusted(origin, grounds(HOME, options, { origin: 'https://stray.example', api }))).toBe(false);
      expect(isTrusted(origin, grounds(HOME, { service: 'other' }, { origin: HOME, api }))).toBe(false);
      expect(isTrusted(origin, grounds(HOME, { ...options, use: { credentials: [] } }, { origin: HOME, api }))).toBe(false);
    }
    // Itself is no authority.
    expect(isTrusted('https://stray.example', grounds(HOME, options, { origin: 'https://stray.example', api: ['https://stray.example'] }))).toBe(false);
  });
});

describe('a request shows who sends it', () => {
  it.each<RequestInit>([
    { credentials: 'include' },
    { headers: { authorization: 'x' } },
    { headers: [['COOKIE', 'x']] },
    { headers: new Headers({ 'X-Api-Key': 'x' }) },
  ])('by %o', (init) => {
    expect(showsWho(init)).toBe(true);
  });

  it.each<RequestInit>([{}, { credentials: 'same-origin' }, { headers: { accept: 'x', 'x-request-id': '1' } }])('not by %o', (init) => {
    expect(showsWho(init)).toBe(false);
  });
});
