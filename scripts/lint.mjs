// `npm run lint`: every check that reads the sources without running them. `npm run lint -- NAME...` runs the named ones.
import { command } from './common/failure.mjs';
import { runParts } from './common/parts.mjs';
import { inRoot } from './common/paths.mjs';
import { openly, script } from './common/run.mjs';
import { wasmToolchain, WASM_TARGET } from './common/toolchain.mjs';
import { cargoDeny } from './setup/cargo-tools.mjs';
import { FOR_LINTS, setUp } from './setup/index.mjs';

const CLIPPY_ARGS = ['--locked', '--all-targets'];
const DENIED = ['--', '--deny', 'warnings'];
const npmTool = (name) => inRoot('node_modules/.bin', name);

const PARTS = [
  { name: 'tidy', title: 'no machine paths, registry hosts or unfinished places in the sources', run: () => script('tidy') },
  { name: 'rustfmt', title: 'Rust is formatted', run: () => openly(['cargo', 'fmt', '--all', '--', '--check'], { advice: 'run: cargo fmt --all' }) },
  { name: 'clippy', title: 'Rust lints', run: () => openly(['cargo', 'clippy', ...CLIPPY_ARGS, '--workspace', '--all-features', ...DENIED]) },
  {
    name: 'clippy-wasm',
    title: 'Rust lints of the code that only exists in a browser',
    run: () => {
      const { clippy, env } = wasmToolchain();
      return openly([...clippy, ...CLIPPY_ARGS, '--package', 'landfall', '--target', WASM_TARGET, ...DENIED], { env });
    },
  },
  {
    name: 'rustdoc',
    title: 'the documentation has no broken links',
    run: () => openly(['cargo', 'doc', '--locked', '--workspace', '--all-features', '--no-deps', '--document-private-items'], { env: { RUSTDOCFLAGS: '--deny warnings' } }),
  },
  { name: 'tsc', title: 'TypeScript types', run: () => openly([npmTool('tsc'), '--project', 'tsconfig.json']) },
  { name: 'eslint', title: 'JavaScript and TypeScript lints', run: () => openly([npmTool('eslint'), '--max-warnings', '0', '.']) },
  { name: 'deny', title: "dependencies' licences, duplicates and sources", run: () => openly([cargoDeny.binary(), '--locked', 'check', 'bans', 'licenses', 'sources']) },
];

command(async (names) => {
  await setUp(FOR_LINTS);
  return runParts(PARTS, names);
});
