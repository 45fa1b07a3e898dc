// Runs the parts of `npm test` and `npm run lint`: a heading and the seconds of each, then a summary.
import { appendFileSync } from 'node:fs';

import { Failure, report } from './failure.mjs';
import { elapsed } from './progress.mjs';

/** A file that counts results over several commands (`.ci/run`), one line per part. */
const TALLY = process.env.LANDFALL_TALLY;

async function runPart(part, results) {
  const start = performance.now();
  const failedNeed = (part.needs ?? []).find((need) => results.some((result) => result.name === need && result.outcome !== 'passed'));
  console.error(`\n=== ${part.name}: ${part.title}`);
  let outcome = 'passed';
  if (failedNeed) {
    console.error(`not run: ${failedNeed} failed`);
    outcome = 'not run';
  } else {
    try {
      await part.run();
    } catch (error) {
      if (!(error instanceof Failure) || error.status > 128) throw error; // A bug here, or the user's interruption.
      report(error);
      outcome = 'FAILED';
    }
  }
  console.error(`=== ${part.name}: ${outcome} (${elapsed(start)})`);
  if (TALLY) appendFileSync(TALLY, `${outcome === 'passed' ? 'passed' : 'failed'} ${part.name}\n`);
  return { name: part.name, outcome, time: elapsed(start) };
}

/**
 * Runs all parts, or those named with what they need; a failed part does not keep the others from running.
 * @param {{name: string, title: string, needs?: string[], run: () => Promise<void>}[]} parts in order
 * @param {string[]} names the parts asked for; none means all
 * @returns {Promise<number>} exit status
 */
export async function runParts(parts, names) {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Failure(`there is no part named ${unknown.join(', ')}; the parts are: ${parts.map((part) => part.name).join(', ')}`, { status: 2 });
  }
  const wanted = new Set(names.length > 0 ? names : parts.map((part) => part.name));
  for (const part of [...parts].reverse()) if (wanted.has(part.name)) part.needs?.forEach((need) => wanted.add(need));
  const results = [];
  for (const part of parts) if (wanted.has(part.name)) results.push(await runPart(part, results));
  const width = Math.max(...results.map((result) => result.name.length));
  console.error('\nSummary');
  for (const { name, outcome, time } of results) console.error(`  ${name.padEnd(width)}  ${outcome.padEnd(7)}  ${time}`);
  const failed = results.filter((result) => result.outcome !== 'passed').length;
  console.error(`${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
