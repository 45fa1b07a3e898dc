// The examples of README.md are run as they stand; only the port is a free one and the deadline a patient one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { launchChromium, openPage } from '../support/browser.mjs';
import { files, startHttpServer } from '../support/http-server.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Below the root, so that `landfall` is this very package.
const FOLDER = path.join(ROOT, 'target', 'readme');
const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

/** The only code block of a language under a heading. */
function example(heading, language) {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].filter((block) => block[1] === language);
  assert.equal(blocks.length, 1, `README.md has one ${language} example under ${heading}`);
  return blocks[0][2];
}

/** A backend as FastAPI describes itself. */
const OPENAPI = {
  openapi: '3.1.0',
  info: { title: 'Items' },
  paths: { '/items': { get: { operationId: 'list_items', responses: {} } } },
};
const backend = createServer((request, response) => {
  const body = { '/openapi.json': OPENAPI, '/items': ['a boat'] }[request.url];
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(body ?? {}));
});

before(async () => {
  mkdirSync(FOLDER, { recursive: true });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
});
after(() => backend.close());

const withPort = (code) => {
  assert.match(code, /ports: \[8000\]/, 'the example names a port');
  // A busy machine may need longer than a page's deadline; the example is about what comes after it.
  return code.replaceAll('ports: [8000]', `timeout: 30_000, ports: [${backend.address().port}]`);
};

/** Runs a module with Node and gives its last line of output as JSON. */
async function run(file) {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [status] = await once(child, 'close');
  assert.equal(status, 0, `${path.basename(file)} ends well`);
  return JSON.parse(output.trim().split('\n').at(-1));
}

test('plain JavaScript finds the backend and fetches from it', { timeout: 120_000 }, async () => {
  const source = path.join(FOLDER, 'plain.mjs');
  const site = path.join(FOLDER, 'site');
  const report = 'window.told = [client.snapshot().status, response.status, await response.json()];\n';
  writeFileSync(source, withPort(example('Plain JavaScript', 'js')) + report);
  await build({ entryPoints: [source], outdir: site, bundle: true, splitting: true, format: 'esm', tsconfigRaw: {}, logLevel: 'error' });
  writeFileSync(path.join(site, 'index.html'), '<!doctype html><meta charset="utf-8"><script type="module" src="plain.js"></script>');
  const server = await startHttpServer(files(site));
  const browser = await launchChromium({ orchestratorPort: server.port });
  try {
    const { page } = await openPage(browser);
    await page.goto(`${server.url}/index.html`);
    const told = await page.waitForFunction(() => window.told, null, { timeout: 60_000 });
    assert.deepEqual(await told.jsonValue(), ['live', 200, ['a boat']]);
  } finally {
    await browser.close();
    await server.stop();
  }
});

test('the React example renders, on a server too', { timeout: 60_000 }, async () => {
  const source = path.join(FOLDER, 'react.tsx');
  const file = path.join(FOLDER, 'react.mjs');
  const report = "import { renderToString } from 'react-dom/server';\nconsole.log(JSON.stringify(renderToString(<Root />)));\nprocess.exit();\n";
  writeFileSync(source, withPort(example('React', 'tsx')) + report);
  await build({ entryPoints: [source], outfile: file, bundle: true, format: 'esm', platform: 'node', jsx: 'automatic', packages: 'external', tsconfigRaw: {}, logLevel: 'error' });
  assert.match(await run(file), /hello/);
});

test('the daemon serves what the example asks it for', { timeout: 60_000 }, async () => {
  const [, serve, curl] = example('The daemon', 'sh').trim().split('\n').map((line) => line.split('#')[0].trim());
  assert.equal(serve, 'target/release/landfall serve');
  const state = mkdtempSync(path.join(tmpdir(), 'landfall-readme-'));
  const ready = path.join(state, 'url');
  const args = [...serve.split(' ').slice(1), '--listen', '127.0.0.1:0', '--ready-file', ready, '--state-dir', state];
  const daemon = spawn(process.env.LANDFALL_BIN ?? path.join(ROOT, 'target/release/landfall'), args, { stdio: 'ignore' });
  try {
    let url = '';
    while (!url) {
      assert.equal(daemon.exitCode, null, 'the daemon runs');
      try {
        url = readFileSync(ready, 'utf8').trim();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const asked = new URL(curl.split(' ')[1]);
    const answer = await fetch(new URL(asked.pathname, url));
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).landfall, 1);
  } finally {
    daemon.kill();
    await once(daemon, 'exit');
    rmSync(state, { recursive: true });
  }
});
