// Runs the cases in one browser engine after the other. What a cell gives is `{case, engine, outcome, …figures}`.
import { setTimeout as pause } from 'node:timers/promises';

import { hangUp, startHttpServer } from '../support/http-server.mjs';
import { openStage } from './stage.mjs';

/** A cell that takes longer hangs. */
const LIMIT_MS = 120_000;

async function within(limit, work) {
  const timer = new AbortController();
  try {
    return await Promise.race([work, pause(limit, null, { signal: timer.signal }).then(() => {
      throw new Error(`it hangs: nothing came of it within ${limit / 1000} s`);
    })]);
  } finally {
    timer.abort();
  }
}

/** The line of a case that an error comes from. */
const placeOf = ({ stack }) => /cases\/[\w-]+\.mjs:\d+/.exec(stack)?.[0] ?? null;

/** One case in one engine. */
async function runCell({ run, name, needs = [] }, engine, browser, folderOf) {
  const cell = { case: name, engine: engine.name };
  const reason = needs.map((need) => engine.lacks[need]).find(Boolean) ?? await engine.absent();
  if (reason) return { ...cell, outcome: 'n/a', reason };
  const stage = openStage({ browser, folderOf });
  try {
    await within(LIMIT_MS, run(stage));
    return { ...cell, outcome: 'ok', ...await stage.judge(), figures: stage.figures };
  } catch (error) {
    return { ...cell, outcome: 'FAILED', reason: error.message, at: placeOf(error), figures: stage.figures };
  } finally {
    await stage.close();
  }
}

/**
 * @param {{engines: object[], cases: object[], folderOf: (mode: string) => Promise<string>, told: (cell: object) => void}} matrix
 *   `folderOf` gives the built page; `told` hears of each cell as soon as there is one
 */
export async function runMatrix({ engines, cases, folderOf, told }) {
  const cells = [];
  const versions = {};
  const orchestrator = await startHttpServer(hangUp);
  try {
    for (const engine of engines) {
      const start = () => engine.start({ orchestratorPort: orchestrator.port });
      let browser = await start();
      versions[engine.name] = browser.version;
      try {
        for (const it of cases) {
          const cell = await runCell(it, engine, browser, folderOf);
          cells.push(cell);
          told(cell);
          if (cell.outcome !== 'FAILED') continue;
          // Whatever has failed shall not fail the next one too.
          await browser.close();
          browser = await start();
        }
      } finally {
        await browser.close();
      }
    }
  } finally {
    await orchestrator.stop();
  }
  return { versions, cells };
}
