/** Why a call was refused or failed: an error with a stable code, for programs, and a sentence for people. */

/** What went wrong; see docs/use.md. */
export type UseErrorCode =
  | 'unknown-endpoint'
  | 'ambiguous-endpoint'
  | 'wrong-protocol'
  | 'no-method'
  | 'method-not-allowed'
  | 'credentials'
  | 'too-many'
  | 'circuit-open'
  | 'unreachable'
  | 'timed-out'
  | 'closed';

/** What `fetch`, `socket` and `events` reject and report with, unless it is the caller's own doing (its signal, its init). */
export class UseError extends Error {
  override readonly name = 'UseError';

  constructor(readonly code: UseErrorCode, message: string, options?: ErrorOptions) {
    super(`landfall: ${message}`, options);
  }
}
