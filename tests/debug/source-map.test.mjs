// The debug build's source map: where the engine is, the map says so in Rust.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { inRoot } from '../../scripts/common/paths.mjs';
import { wasmDir } from '../../scripts/common/targets.mjs';

const file = (name) => path.join(wasmDir('debug'), name);
const payload = JSON.parse(readFileSync(file('landfall_bg.wasm.map'), 'utf8'));
const map = new SourceMap(payload);

/** Frames of a stack inside the engine: the function's name, and the source position that the map gives. */
function rustFrames(stack) {
  return [...stack.matchAll(/at \S*?\.wasm\.(.*) \(.*:0x([0-9a-f]+)\)/g)].map(([, name, offset]) => {
    const { originalSource, originalLine } = map.findEntry(0, Number.parseInt(offset, 16));
    return { name, source: originalSource, line: originalLine + 1 };
  });
}

/** The stack at the moment in which the engine's constructor reads its first option. */
async function stackInsideConstructor() {
  const { Engine, initSync } = await import(pathToFileURL(file('landfall.js')).href);
  initSync({ module: readFileSync(file('landfall_bg.wasm')) });
  Error.stackTraceLimit = 50;
  let stack;
  const options = new Proxy({}, {
    get() {
      stack ??= new Error('here').stack;
      return undefined;
    },
  });
  assert.throws(() => new Engine(options, () => {}));
  return stack;
}

test('a frame of the engine resolves to the Rust line that made the call', async () => {
  const frame = rustFrames(await stackInsideConstructor()).find(({ name }) => name.startsWith('landfall::Engine::new'));
  assert.equal(frame?.source, 'rust://landfall/src/lib.rs');
  const line = readFileSync(inRoot('src/lib.rs'), 'utf8').split('\n')[frame.line - 1];
  assert.match(line, /options::read\(/);
});

test("the engine's own sources come with their text and without this machine's paths", () => {
  const at = payload.sources.indexOf('rust://landfall/src/lib.rs');
  assert.equal(payload.sourcesContent[at], readFileSync(inRoot('src/lib.rs'), 'utf8'));
  assert.deepEqual(payload.sources.filter((source) => !/^rust:\/\/(?:landfall|crates|std)\//.test(source)), []);
});

test('the file names its map and holds no DWARF, which browsers would prefer to the map', () => {
  const wasm = new WebAssembly.Module(readFileSync(file('landfall_bg.wasm')));
  const [name] = WebAssembly.Module.customSections(wasm, 'sourceMappingURL');
  assert.match(Buffer.from(name).toString(), /landfall_bg\.wasm\.map$/);
  assert.deepEqual(WebAssembly.Module.customSections(wasm, '.debug_info'), []);
});
