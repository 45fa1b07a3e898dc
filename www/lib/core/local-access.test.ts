import { afterEach, expect, test, vi } from 'vitest';
import { watchLocalAccess } from './local-access.js';

afterEach(() => vi.unstubAllGlobals());

/** A browser that knows these names; the state of each is what the test sets. */
function browser(names: readonly string[], state: PermissionState): void {
  const query = ({ name }: { name: string }) =>
    names.includes(name) ? Promise.resolve(Object.assign(new EventTarget(), { state })) : Promise.reject(new TypeError(name));
  vi.stubGlobal('navigator', { permissions: { query } });
}

test('where the browser knows no permission, the word is given by a click and by nothing else', async () => {
  browser([], 'prompt');
  const fetch = vi.fn();
  vi.stubGlobal('fetch', fetch);
  const permit = vi.fn();
  const access = watchLocalAccess(['http://localhost:8000'], permit);
  await vi.waitFor(() => { expect(permit.mock.calls).toEqual([[false, false]]); });
  access.request();
  await vi.waitFor(() => { expect(permit.mock.calls.slice(1)).toEqual([[true, true, true]]); });
  expect(fetch).not.toHaveBeenCalled();
});

test('where it knows the permission, a click lets the browser ask, and what it says is no word of the user', async () => {
  browser(['local-network-access'], 'granted');
  const fetch = vi.fn(() => Promise.reject(new TypeError('nobody')));
  vi.stubGlobal('fetch', fetch);
  const permit = vi.fn();
  const access = watchLocalAccess(['http://localhost:8000'], permit);
  access.request();
  await vi.waitFor(() => { expect(fetch).toHaveBeenCalledTimes(1); });
  expect(permit.mock.calls).toEqual([[true, true]]);
  access.end();
});
