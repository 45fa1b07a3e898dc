// Reads every tracked file for what belongs to one machine only, and for what was left unfinished. `node scripts/tidy.mjs`
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { Failure, command } from './common/failure.mjs';
import { ROOT, inRoot } from './common/paths.mjs';
import { answer } from './common/run.mjs';

const word = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
const UNFINISHED = ['TODO', 'FIXME', 'XXX'].map((mark) => `\\b${mark}\\b`).join('|');

/** Every rule: which files, what they must not hold, and why. */
const RULES = [
  { what: 'a path of this machine', pattern: word(`${ROOT}${path.sep}`) },
  { what: "a path of this machine's user", pattern: word(`${homedir()}/`), unless: homedir() === '/' },
  { what: "a path of some machine's user", pattern: /(?:\/home|\/Users)\/[a-z][\w.-]*\//i },
  { what: "a registry's address in a lock file", files: /(?:^|\/)[\w.-]*lock[\w.-]*\.(?:json|yaml)$/, pattern: /"resolved":|registry\.|:\/\/[^"]*\.tgz/ },
  { what: 'a registry other than crates.io', files: /(?:^|\/)Cargo\.lock$/, pattern: /^source = "(?!registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index")/ },
  { what: 'something unfinished', files: /\.(?:rs|ts|tsx|mjs|js|css|html|toml|sh|py)$/, pattern: new RegExp(UNFINISHED) },
  { what: 'a merge conflict', pattern: /^(?:<{7}|>{7}) / },
];

/** Files that name what they forbid. */
const EXEMPT = new Set(['scripts/tidy.mjs']);

command(() => {
  const listed = answer(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (listed === null) throw new Failure('git cannot list the files', { advice: 'run this in a clone of the repository' });
  const found = [];
  for (const file of listed.split('\0').filter((name) => name && !EXEMPT.has(name))) {
    let text;
    try {
      text = readFileSync(inRoot(file));
    } catch {
      continue; // Deleted in the work tree, or a link to nowhere.
    }
    if (text.includes(0)) continue; // Binary.
    const rules = RULES.filter((rule) => !rule.unless && (!rule.files || rule.files.test(file)));
    text.toString('utf8').split('\n').forEach((line, index) => {
      for (const rule of rules) if (rule.pattern.test(line)) found.push(`${file}:${index + 1}: ${rule.what}: ${line.trim().slice(0, 100)}`);
    });
  }
  if (found.length > 0) throw new Failure(`${found.length} places are not tidy`, { output: found.slice(0, 50).join('\n') });
});
