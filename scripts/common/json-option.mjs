// `--json FILE`: where a measuring command writes what it measured, as one JSON object.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Failure } from './failure.mjs';

/**
 * Takes `--json FILE` out of a command's arguments.
 * @param {string[]} args
 * @returns {{rest: string[], write: (measured: object) => void}} write does nothing without the option
 */
export function jsonOption(args) {
  const at = args.indexOf('--json');
  if (at < 0) return { rest: args, write() {} };
  const file = args[at + 1];
  if (!file || file.startsWith('-')) throw new Failure('--json needs the name of a file', { status: 2 });
  return {
    rest: [...args.slice(0, at), ...args.slice(at + 2)],
    write(measured) {
      mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
      writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    },
  };
}
