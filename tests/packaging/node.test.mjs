// The packed package in plain Node: the default entry as it is, the slim one with the file's bytes, and on a server
// that has nobody to ask, nothing at all is started.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { json, notFound, startHttpServer } from '../support/http-server.mjs';
import { scratchFolder } from '../support/scratch.mjs';
import { makeProject, packInto } from './support/project.mjs';

// What goes live does so long before this; what finds nothing waits for all of it.
const PATIENT = '30000';
const BRIEF = '5000';

const scratch = scratchFolder();
let folder;
let backend;

const REPORT = `
const { status, code, config } = await client.ready();
const trace = globalThis.__LANDFALL__?.trace().length ?? 0;
client.close();
console.log(JSON.stringify({ status, code, config, trace: trace > 0 }));
`;
const SOURCES = {
  'default.mjs': `import { createClient } from 'landfall';
const client = createClient({ candidates: [process.argv[2]], devtools: true, timeout: Number(process.argv[3]) });${REPORT}`,
  'slim.mjs': `import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from 'landfall/slim';
const wasm = readFile(fileURLToPath(import.meta.resolve('landfall/landfall.wasm')));
const client = createClient({ candidates: [process.argv[2]], devtools: true, timeout: Number(process.argv[3]), wasm });${REPORT}`,
  'provided.mjs': `import { createClient } from 'landfall';
globalThis.__LANDFALL_CONFIG__ = { greeting: 'early' };
const client = createClient();
const { status: before } = await client.ready();
client.provide({ API_BASE_URL: 'https://api.example', greeting: 'handed in' });
await new Promise((resolve) => client.on('config-updated', resolve));
const { status, baseUrl, config } = client.snapshot();
console.log(JSON.stringify({ before, status, baseUrl, config, holds: process.getActiveResourcesInfo() }));
`,
  'config-service.mjs': `import service, { createConfigService } from 'landfall/config-service';
const given = createConfigService({ fallback: { baseUrl: 'https://api.example' }, endpoints: [{ name: 'items', path: '/items', method: 'POST' }] });
const { API_BASE_URL, discovered } = await service.waitForConfig();
const told = [];
given.on('config-ready', (config) => told.push(config.API_BASE_URL));
await Promise.resolve();
console.log(JSON.stringify({
  API_BASE_URL, discovered, told, items: given.getApiUrl('items'), method: given.getEndpointMethod('items'),
  socket: given.getWebSocketUrl(), holds: process.getActiveResourcesInfo(),
}));
`,
  'server.mjs': `import { createClient } from 'landfall';
const client = createClient({ fallback: { config: { greeting: 'given' } } });
const { status, code, config } = await client.ready();
console.log(JSON.stringify({ status, code, config, holds: process.getActiveResourcesInfo() }));
`,
};

before(async () => {
  folder = makeProject(scratch.path('project'), packInto(scratch.path('packed')), SOURCES);
  backend = await startHttpServer(json(WELL_KNOWN, catalog('http://localhost:9002')));
});
after(async () => {
  await backend?.stop();
  scratch.remove();
});

/** Runs a module until it ends by itself, and gives what it printed as JSON. */
async function run(name, ...args) {
  const child = spawn(process.execPath, [name, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  assert.deepEqual(await once(child, 'close'), [0, null]);
  return JSON.parse(output);
}

for (const name of ['default.mjs', 'slim.mjs']) {
  test(`${name} goes live, and ends when the client is closed`, { timeout: 60_000 }, async () => {
    backend.handler = json(WELL_KNOWN, catalog('http://localhost:9002'));
    assert.deepEqual(await run(name, backend.url, PATIENT), { status: 'live', code: 'live', config: { greeting: 'ahoy' }, trace: true });
  });

  test(`${name} settles on the fallback without a backend`, { timeout: 60_000 }, async () => {
    backend.handler = notFound;
    const { status, code, trace } = await run(name, backend.url, BRIEF);
    assert.equal(status, 'fallback');
    assert.notEqual(code, 'engine-failed');
    assert.ok(trace);
  });
}

test('a server without candidates settles on what it is given, and holds nothing open', { timeout: 60_000 }, async () => {
  const { holds, ...settled } = await run('server.mjs');
  assert.deepEqual(settled, { status: 'fallback', code: 'no-candidates', config: { greeting: 'given' } });
  assert.deepEqual(holds.filter((name) => /Timeout|Immediate|TCP|Message/.test(name)), []);
});

test('the drop-in service on a server settles on its fallback when it is imported, and holds nothing open', { timeout: 60_000 }, async () => {
  const { holds, ...told } = await run('config-service.mjs');
  assert.deepEqual(told, {
    API_BASE_URL: 'http://localhost:8010', discovered: false, told: ['https://api.example'], items: 'https://api.example/items', method: 'POST',
    socket: 'wss://api.example',
  });
  assert.deepEqual(holds.filter((name) => /Timeout|Immediate|TCP|Message/.test(name)), []);
});

test('a server renders what it is handed later too, and still starts nothing', { timeout: 60_000 }, async () => {
  const { holds, ...told } = await run('provided.mjs');
  assert.deepEqual(told, {
    before: 'fallback', status: 'provided', baseUrl: 'https://api.example', config: { API_BASE_URL: 'https://api.example', greeting: 'handed in' },
  });
  assert.deepEqual(holds.filter((name) => /Timeout|Immediate|TCP|Message/.test(name)), []);
});
