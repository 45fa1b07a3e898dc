/**
 * The engine's codes in words: `DEADLINE` costs four bytes in the engine, its sentence lives here, in a chunk that
 * no page waits for.
 */
import { sentence, WORDS as EARLY } from './initial.js';

const WORDS: Readonly<Record<string, string>> = {
  ...EARLY,
  live: 'read from the backend itself',
};

/** The reason of a code, and what it is about, as one sentence. An unknown code stands for itself. */
export function reasonInWords({ code, subject }: { readonly code: string; readonly subject: string | null }): string {
  return sentence(WORDS[code] ?? code, subject);
}
