// Unit tests of the TypeScript, beside their sources. The engine's modules are the ones that `node scripts/lib.mjs`
// made; a test that needs none does not load them.
import path from 'node:path';
import { defineConfig } from 'vitest/config';

import { wasmDir } from './scripts/common/targets.mjs';

const engine = (file) => path.join(wasmDir('release'), file);

export default defineConfig({
  resolve: {
    alias: {
      'landfall:glue': engine('landfall.js'),
      'landfall:bytes': engine('bytes.js'),
      'landfall/react': path.resolve('www/lib/react.ts'),
      landfall: path.resolve('www/lib/index.ts'),
    },
  },
  test: {
    include: ['www/**/*.test.{ts,tsx}'],
    // No test waits for time that passes; a machine that is busy with other work must not fail one.
    testTimeout: 60_000,
    // Pages whose tests leave nothing behind for the next one.
    restoreMocks: true,
    unstubGlobals: true,
  },
});
