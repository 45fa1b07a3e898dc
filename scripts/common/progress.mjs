// Says what a long step is doing: one moving line on a terminal, a plain line now and then in a log.
import { stripVTControlCharacters } from 'node:util';

const TERMINAL = process.stderr.isTTY === true;
const EVERY_MS = TERMINAL ? 250 : 20_000;

/** Seconds since an instant of `performance.now()`, as a person reads them. */
export function elapsed(since) {
  const seconds = (performance.now() - since) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/**
 * Starts the display of one step.
 * @param {string} title what the step does
 * @returns {{line(text: string): void, end(mark: string): void}} feed it the tool's output lines; end it once
 */
export function progress(title) {
  const start = performance.now();
  let current = '';
  const say = () => {
    const text = `${title} · ${elapsed(start)}${current && ` · ${current}`}`;
    if (TERMINAL) process.stderr.write(`\r\u001b[K  ${text.slice(0, (process.stderr.columns || 80) - 4)}`);
    else console.error(`  ${text}`);
  };
  if (!TERMINAL) console.error(`  ${title} ...`);
  const timer = setInterval(say, EVERY_MS);
  return {
    line(text) {
      current = stripVTControlCharacters(text).replace(/\p{Cc}/gu, '').trim() || current;
    },
    end(mark) {
      clearInterval(timer);
      process.stderr.write(`${TERMINAL ? '\r\u001b[K' : ''}  ${mark} ${title} (${elapsed(start)})\n`);
    },
  };
}
