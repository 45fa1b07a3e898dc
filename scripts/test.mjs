// `npm test`: everything that must be green, part by part. `npm test -- NAME...` runs the named parts with what they need.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';

import { buildAll } from './common/builds.mjs';
import { releaseBinary } from './common/cargo.mjs';
import { Failure, command } from './common/failure.mjs';
import { runParts } from './common/parts.mjs';
import { inRoot } from './common/paths.mjs';
import { openly, pathWith, script } from './common/run.mjs';
import { filesBelow } from './common/stamp.mjs';
import { wasmToolchain } from './common/toolchain.mjs';
import { chromedriver, chromium, firefox, nginx } from './setup/system-programs.mjs';
import { aptWorks } from './setup/apt.mjs';
import { geckodriver, wasmBindgen, wasmPack } from './setup/cargo-tools.mjs';
import { BROWSERS, FOR_TESTS, setUp } from './setup/index.mjs';
import { python } from './setup/python.mjs';

const SCHEDULES = '100000';

/** A file of tests that hangs must end; a slow machine must not fail it. */
const PATIENCE_SECONDS = 600;

/** Where tests find the programs they need. */
const programs = () => ({
  LANDFALL_BIN: releaseBinary('landfall'),
  LANDFALL_CHROMIUM: chromium.program(),
  LANDFALL_FIREFOX: firefox.program(),
  LANDFALL_NGINX: nginx.program(),
  LANDFALL_PYTHON: python.program(),
});

/** Node's test runner over every test file of a folder; no file is a failure, since a part that is not there proves nothing. */
async function nodeTests(folder) {
  const files = filesBelow(inRoot(folder)).filter((file) => file.endsWith('.test.mjs'));
  if (files.length === 0) throw new Failure(`${folder} holds no *.test.mjs`);
  mkdirSync(inRoot('tests/artifacts'), { recursive: true });
  const options = ['--test-reporter=spec', '--test-concurrency=1', `--test-timeout=${PATIENCE_SECONDS * 1000}`];
  await openly([process.execPath, '--test', ...options, ...files], { env: programs() });
}

/** The Rust files of tests/, which wasm-pack would pass over in silence if there were none. */
const browserTests = () => readdirSync(inRoot('tests')).filter((name) => name.endsWith('.rs')).map((name) => inRoot('tests', name));

/** The wasm crate's tests inside a browser. */
async function wasmTests(browser, driver) {
  const { env } = wasmToolchain();
  if (!browserTests().some((file) => readFileSync(file, 'utf8').includes('#[wasm_bindgen_test'))) {
    throw new Failure('tests/*.rs holds no wasm_bindgen_test');
  }
  const folders = [wasmBindgen.bin(), ...(env.PATH ? [env.PATH] : [])];
  await openly([wasmPack.binary(), 'test', '--mode', 'no-install', '--headless', ...browser, driver, '.'], {
    env: { ...env, ...pathWith(...folders), WASM_BINDGEN_TEST_TIMEOUT: String(PATIENCE_SECONDS) },
  });
}

/** The debug build, and what its source map must say. */
async function debugBuild() {
  await script('wasm', '--debug');
  await nodeTests('tests/debug');
}

/** The quick cases of the fault matrix. WebKitGTK is there on Linux only, and not worth a failure where it is not. */
async function quickFaults() {
  const webkit = aptWorks() || BROWSERS.webkit.every((step) => step.check());
  if (!webkit) console.error('without WebKitGTK, which is not installed; `npm run faults` says how to get it');
  const engines = ['chromium', 'firefox', ...(webkit ? ['webkit'] : [])];
  await script('faults', '--quick', ...engines.flatMap((name) => ['--engine', name]));
}

const PARTS = [
  { name: 'builds', title: 'engine, npm package, dashboard, daemon', run: buildAll },
  {
    name: 'rust',
    title: 'unit, property and documentation tests of all crates',
    needs: ['builds'],
    run: () => openly(['cargo', 'test', '--locked', '--workspace', '--all-features']),
  },
  { name: 'simulation', title: `${SCHEDULES} random schedules`, run: () => script('sim', '--schedules', SCHEDULES) },
  { name: 'mutants', title: 'every invariant broken on purpose, and found', run: () => script('sim', '--mutants') },
  { name: 'wasm-chrome', title: 'the wasm crate in Chrome', run: () => wasmTests(['--chrome', '--chromedriver'], chromedriver.program()) },
  { name: 'wasm-firefox', title: 'the wasm crate in Firefox', run: () => wasmTests(['--firefox', '--geckodriver'], geckodriver.binary()) },
  { name: 'units', title: 'TypeScript unit tests', needs: ['builds'], run: () => openly([inRoot('node_modules/.bin/vitest'), 'run']) },
  { name: 'size', title: 'what a page downloads, within its bars', needs: ['builds'], run: () => script('size') },
  { name: 'debug', title: 'the debug build, whose Rust sources a browser shows', run: debugBuild },
  { name: 'packaging', title: 'the packed npm package in real projects', needs: ['builds'], run: () => nodeTests('tests/packaging') },
  { name: 'pages', title: 'pages in Chromium against real services', needs: ['builds'], run: () => nodeTests('tests/pages') },
  { name: 'faults', title: 'pages under faults, in every browser engine', needs: ['builds'], run: quickFaults },
  { name: 'fuzz', title: 'the fuzz targets over their kept inputs', run: () => script('fuzz', '--smoke') },
  {
    name: 'soak',
    title: 'the daemon among services that come, go and hang, briefly',
    needs: ['builds'],
    async run() {
      await nodeTests('tests/soak');
      await script('soak', '--smoke');
    },
  },
  { name: 'bench', title: 'every benchmark, once and briefly', needs: ['builds'], run: () => script('bench', '--smoke') },
];

command(async (names) => {
  await setUp(FOR_TESTS);
  return runParts(PARTS, names);
});
