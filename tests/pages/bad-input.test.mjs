// Everything from outside is hostile: whatever a backend answers, the page has a clear reason, no script is harmed, and the
// last good snapshot is kept. Each case is a real server and the whole client in a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { useApplications } from '../support/application.mjs';
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { hang, hangUp, json, notFound, reply } from '../support/http-server.mjs';
import { until } from '../support/until.mjs';

const { application, backend } = useApplications();

const GOOD = catalog('http://localhost:9002');
const MEBIBYTE = 1 << 20;
/** 64 MiB of JSON in 64 KiB. */
const BOMB = gzipSync(Buffer.alloc(64 * MEBIBYTE, ' '));

/** Answers one path with a text, the others with 404. */
const text = (body, { at = WELL_KNOWN, type = 'application/json', status = 200, headers } = {}) => (request, response) =>
  (request.url === at ? reply(response, status, type, body, headers) : notFound(request, response));

const withService = (more) => text(JSON.stringify({ ...GOOD, services: [{ ...GOOD.services[0], ...more }] }));
const withEndpoint = (name, path) => withService({ endpoints: { [name]: { path, methods: { GET: 'openapi' } } } });
const openapi = (document) => json('/openapi.json', { openapi: '3.1.0', info: { title: 'Bad' }, ...document });

/** The first bytes of an answer that says it has more, then nothing, or the end. */
const cutOff = (end) => (request, response) => {
  if (request.url !== WELL_KNOWN) return notFound(request, response);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096', 'access-control-allow-origin': '*' });
  response.write('{"landfall":1,');
  if (end) setTimeout(() => response.destroy(), 20);
};

/** What the backend does, and the reason that the page has for it. */
const BAD = {
  'a huge document': [text(`{"landfall":1,"name":"${'x'.repeat(5 * MEBIBYTE)}"}`), 'too-large'],
  'a name of 10 MB': [withService({ name: 'x'.repeat(10 * MEBIBYTE) }), 'too-large'],
  'a compressed bomb': [text(BOMB, { headers: { 'content-encoding': 'gzip' } }), 'too-large'],
  'a deep document': [text(`{"landfall":1,"config":${'['.repeat(1_000)}${']'.repeat(1_000)}}`), 'too-large'],
  'too many services': [text(JSON.stringify({ ...GOOD, services: Array.from({ length: 20_000 }, (_, at) => ({ name: `s${at}`, instances: [], endpoints: {} })) })), 'too-large'],
  'a truncated body': [cutOff(true), 'malformed'],
  'a body that stops': [cutOff(false), 'timed-out'],
  'an answer that never comes': [hang, 'timed-out'],
  'half a document': [text(JSON.stringify(GOOD).slice(0, -20)), 'malformed'],
  'a page in its place': [text('<!doctype html><title>App</title>', { type: 'text/html' }), 'malformed'],
  'a page that says it is JSON': [text('<!doctype html><title>App</title>'), 'malformed'],
  'null': [text('null'), 'malformed'],
  'a list': [text('[]'), 'malformed'],
  'no UTF-8': [text(Buffer.from([0x22, 0xff, 0xfe, 0x22])), 'malformed'],
  'a name that is a prototype': [text(JSON.stringify(GOOD).replace('"boats"', '"__proto__"')), 'malformed'],
  'a name with control characters': [withService({ name: 'a\u0000b' }), 'malformed'],
  'a name that runs from right to left': [withService({ name: 'gnp.\u202etxt' }), 'malformed'],
  'an endpoint name of 300 characters': [withEndpoint('x'.repeat(300), '/a'), 'malformed'],
  'an instance that runs script': [withService({ instances: [{ url: 'javascript:alert(1)' }] }), 'malformed'],
  'an instance with a password': [withService({ instances: [{ url: 'http://me:secret@localhost:9002' }] }), 'malformed'],
  'a path that leads to another host': [withEndpoint('a', '//evil.example/a'), 'malformed'],
  'a service that is there twice': [text(JSON.stringify({ ...GOOD, services: [GOOD.services[0], GOOD.services[0]] })), 'malformed'],
  'an OpenAPI document of another time': [json('/openapi.json', { swagger: '2.0', info: { title: 'Old' }, paths: {} }), 'malformed'],
  'a deep OpenAPI document': [text(`{"openapi":"3.1.0","paths":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}}`, { at: '/openapi.json' }), 'too-large'],
  'an error of the server': [(_request, response) => reply(response, 500, 'text/plain', 'no'), 'server-error'],
  'an answer that no page may read': [(_request, response) => response.writeHead(200).end('{}'), 'unreadable'],
  'nobody': [hangUp, 'nobody-listening'],
  'nothing of use': [notFound, 'not-found'],
};

/** The first reason that the trace gives for an origin: `{code, reason}`. */
const reasonOf = ({ records }, { url }, code, name = url) => until(`${code} for ${name}`, async () =>
  (await records()).trace.find((it) => it.kind === 'probe' && it.origin === url && it.code === code));

test('each kind of bad answer has its reason, and none of them is taken', async () => {
  const servers = await Promise.all(Object.values(BAD).map(([handler]) => backend(handler)));
  const opened = await application({ options: { timeout: 50, cache: false, candidates: servers.map(({ url }) => url) } });
  assert.equal((await opened.settled()).status, 'fallback');
  for (const [at, [name, [, code]]] of Object.entries(BAD).entries()) {
    const { reason } = await reasonOf(opened, servers[at], code, name);
    assert.notEqual(reason, code, `${name}: the code has words`);
  }
  const { status, baseUrl } = await opened.snapshot();
  assert.deepEqual([status, baseUrl], ['fallback', 'http://localhost:8010']);
});

test('a redirect to elsewhere is not followed into a snapshot', async () => {
  const elsewhere = await backend(json(WELL_KNOWN, GOOD));
  const server = await backend((request, response) => response.writeHead(302, { location: elsewhere.url + request.url, 'access-control-allow-origin': '*' }).end());
  const opened = await application({ options: { timeout: 50, cache: false, candidates: [server.url] } });
  await reasonOf(opened, server, 'redirected');
  assert.equal((await opened.snapshot()).status, 'fallback');
});

test('another application than the one that is expected', async () => {
  const server = await backend(json(WELL_KNOWN, GOOD));
  const opened = await application({ options: { timeout: 50, cache: false, candidates: [server.url], expect: { catalog: 'marina' } } });
  await reasonOf(opened, server, 'not-expected');
});

test('what is odd but harmless is taken: references in a circle, doubled keys, a wrong content type, hostile config', async () => {
  const circle = { paths: {
    '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' },
    '/items': { get: { operationId: 'list', parameters: [{ $ref: '#/components/parameters/a' }] } },
  }, components: { parameters: { a: { $ref: '#/components/parameters/a' } } } };
  const described = await backend(openapi(circle));
  const ofCircle = await application({ options: { cache: false, timeout: 60_000, candidates: [described.url] } });
  const { status, endpoints } = await ofCircle.settled();
  assert.equal(status, 'live');
  assert.deepEqual(endpoints.find(({ path }) => path === '/items').methods, { GET: 'openapi' });

  const doubled = JSON.stringify(GOOD).replace('"revision":1', '"revision":1,"revision":7')
    .replace('"config":{', '"config":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},');
  const server = await backend(text(doubled, { type: 'image/png' }));
  const opened = await application({ options: { name: 'doubled', timeout: 60_000, candidates: [server.url] } });
  const { revision } = await opened.settled();
  assert.equal(revision, 7);
  assert.deepEqual(await opened.page.evaluate(() => {
    const { client } = window.application;
    return [{}.polluted, client.get('polluted', 'clean'), client.get('greeting', ''), Object.hasOwn(client.snapshot().config, '__proto__'), Object.isFrozen(client.snapshot().config)];
  }), [undefined, 'clean', 'ahoy', true, true]);
});

test('the last good snapshot is kept, whatever comes after it, and a good answer is taken again', async () => {
  const soon = (revision) => json(WELL_KNOWN, { ...GOOD, ttl: 1, revision });
  const server = await backend(soon(1));
  const opened = await application({ options: { cache: false, timeout: 60_000, candidates: [server.url] } });
  await opened.becomes('live');
  let revision = 1;
  for (const name of ['a huge document', 'a compressed bomb', 'a truncated body', 'an instance that runs script', 'a page that says it is JSON']) {
    const [handler, code] = BAD[name];
    server.handler = handler;
    await until(`the loss by ${name}`, async () => (await opened.snapshot()).code === code);
    const { status, baseUrl, config } = await opened.snapshot();
    assert.deepEqual({ status, baseUrl, config }, { status: 'stale', baseUrl: 'http://localhost:9002', config: { greeting: 'ahoy' } }, name);
    server.handler = soon(++revision);
    await opened.becomes('live');
  }
});
