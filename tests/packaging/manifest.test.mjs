// The packed package as registries and type checkers see it: what is in it, and that its entries are what they claim.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { inRoot } from '../../scripts/common/paths.mjs';
import { DIST } from '../../scripts/common/targets.mjs';
import { scratchFolder } from '../support/scratch.mjs';
import { packInto } from './support/project.mjs';

const scratch = scratchFolder();
const tarball = packInto(scratch.path('packed'));
after(() => scratch.remove());

function tool(name, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [inRoot('node_modules', name), ...args], { cwd: inRoot(), encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

test('publint finds nothing', () => tool('publint/src/cli.js', '--strict', tarball));

test('are-the-types-wrong finds nothing for an ES module package', () => tool('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only'));

test('it holds the built package, both licences and the readme, and runs nothing when it is installed', () => {
  const listed = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).stdout.trim().split('\n').map((name) => name.replace('package/', ''));
  assert.deepEqual(listed.filter((name) => !name.startsWith('dist/')).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json']);
  const { scripts, dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  assert.deepEqual(Object.keys(scripts).filter((name) => /install|prepare|prepublish|prepack/.test(name)), []);
  assert.equal(dependencies, undefined);
});

test('every source map is whole, and none names a path of this machine', () => {
  const maps = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).stdout.match(/dist\/[^\n]*\.map/g);
  assert.ok(maps.length > 2);
  for (const name of maps) {
    const { sources, sourcesContent } = JSON.parse(readFileSync(path.join(DIST, '..', name), 'utf8'));
    assert.equal(sourcesContent.length, sources.length, name);
    assert.deepEqual(sources.filter((source) => path.isAbsolute(source)), [], name);
  }
});
