/**
 * Which origins may be sent credentials. Where an endpoint runs is said by a catalog, and a catalog is only as good as the
 * process that served it: a stray one must not be able to ask for a page's tokens.
 */
import type { Context } from './context.js';
import { UseError } from './errors.js';

/** Headers that prove who is asking. */
const SECRETS = /^((proxy-)?authorization|cookie|x-(api-key|auth-token|csrf-token|xsrf-token))$/i;

const LOOPBACK = /^https?:\/\/(localhost|[^/]+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/** What trust depends on. */
type Grounds = Pick<Context, 'options' | 'page' | 'snapshot'>;

/** Whether a request shows who sends it. */
export function showsWho(init: RequestInit): boolean {
  return init.credentials === 'include' || [...new Headers(init.headers).keys()].some((name) => SECRETS.test(name));
}

/**
 * Whether `origin` may be sent credentials: the page's own may; then those of `use.credentials`, or without that option
 * those that the options name as candidates or fallback, those on this machine for a page on this machine, and where the
 * service of `options.service` runs, as far as one of them says so.
 */
export function isTrusted(origin: string, grounds: Grounds): boolean {
  if (isNamed(origin, grounds)) return true;
  const { use, service } = grounds.options;
  const { origin: source, services } = grounds.snapshot();
  if (use?.credentials || service === undefined || source === null || !isNamed(originOf(source), grounds)) return false;
  return Object.values(services).some(({ name, instances }) => name === service && isIn(instances.map(({ url }) => url), origin));
}

function isNamed(origin: string, { page, options: { use, candidates = [], fallback } }: Grounds): boolean {
  if (origin === page?.origin) return true;
  if (use?.credentials) return isIn(use.credentials, origin);
  return isIn([...candidates, fallback?.baseUrl], origin) || (!!page && LOOPBACK.test(page.origin) && LOOPBACK.test(origin));
}

const isIn = (urls: readonly (string | undefined)[], origin: string) => urls.some((url) => url !== undefined && originOf(url) === origin);

/** Refuses to send credentials where they may not go. */
export function guard(name: string, url: string, grounds: Grounds): void {
  const origin = originOf(url);
  if (!isTrusted(origin, grounds)) {
    throw new UseError('credentials', `'${name}' runs at ${origin}, which is not to be sent credentials; if it is, add it to options.use.credentials`);
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
