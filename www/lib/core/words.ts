/**
 * The codes of `crates/protocol/src/{reason,refused}.rs` in words. A code costs a few bytes in the engine; its
 * sentence lives here, in a chunk that no page waits for; `initial.ts` has the few that the facade gives by itself, again,
 * because a module that both used would be a file of its own.
 */

const WORDS: Readonly<Record<string, string>> = {
  starting: 'looking for the backend',
  cached: 'the last known good value of this browser',
  deadline: 'no usable value by the deadline',
  'engine-failed': 'the engine did not start',
  'no-candidates': 'there is no origin to ask',
  closed: 'the client was closed',
  live: 'read from the backend itself',
  provided: 'handed in by the page',
  'nobody-listening': 'nobody listens there',
  'not-found': 'it serves nothing that says which endpoints it has',
  permission: 'a public page may ask this machine or network only with the permission for local network access',
  'mixed-content': 'the page is https and it is http: the browser blocks mixed content',
  'timed-out': 'it did not answer in time',
  unreadable: 'it does not let this page read its answers (CORS)',
  'server-error': 'it answered with an error (5xx or 429)',
  redirected: 'it sends the reader to another origin',
  'too-large': 'it is larger than allowed',
  'too-deep': 'the value is nested deeper than allowed',
  'too-many': 'the value has more entries than allowed',
  malformed: 'the value is not of the expected shape',
  older: 'it is older than what is already known',
  'not-expected': 'it is not what the options expect, or has nothing that the page wants',
  'too-old': 'it was kept for too long',
  duplicate: 'something that must be unique is there twice',
  'bad-version': 'this client does not read that version of the format',
  'bad-name': 'a name has 1 to 256 characters, no control or text direction character',
  'bad-url': 'an origin is an absolute http or https URL without user, query and fragment',
  'bad-path': 'a path template begins with one / and has variables like {id}',
  'bad-method': 'a method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE',
  'bad-protocol': 'a protocol is one of http, websocket, sse',
  'bad-evidence': 'evidence is one of catalog, openapi, options, allow, get, declared',
  'bad-health': 'a health class is one of healthy, degraded, unhealthy, unknown',
  'bad-number': 'a number is outside its bounds',
};

/** What a code says; a code that is not known here stands for itself. */
export const inWords = (code: string): string => WORDS[code] ?? code;

/** The reason of a code, and what it is about, as one sentence. */
export function reasonInWords({ code, subject }: { readonly code: string; readonly subject: string | null }): string {
  return subject === null ? inWords(code) : `${inWords(code)} (${subject})`;
}
