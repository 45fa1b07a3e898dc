// ESLint: the typed rules of typescript-eslint for the TypeScript of www/, the plain ones for Node scripts and tests.
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

const nodeGlobals = ['AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams',
  'WebAssembly', 'WebSocket', 'clearInterval', 'clearTimeout', 'console', 'fetch', 'performance', 'process', 'queueMicrotask',
  'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'];
const pageGlobals = ['document', 'window', 'location', 'localStorage', 'EventSource', 'navigator'];
const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', '**/target/', 'dist-pack/', 'tests/artifacts/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: readonly(nodeGlobals) },
    rules: { 'prefer-const': 'error', 'no-var': 'error', eqeqeq: ['error', 'always'] },
  },
  {
    // Page tests carry functions that run inside the page.
    files: ['tests/**/*.mjs', 'tests/**/*.js', 'bench/**/*.mjs', 'bench/**/*.js'],
    languageOptions: { globals: readonly(pageGlobals) },
  },
  {
    files: ['www/**/*.ts', 'www/**/*.tsx'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/consistent-type-definitions': 'off', // Both are used: interfaces for objects, types for unions.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['www/**/*.ts', 'www/**/*.tsx'], ...reactHooks.configs.flat.recommended },
);
