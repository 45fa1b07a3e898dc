// One kind of error for everything a person can act on, and the frame in which every command runs.

/** A failure with its cause and what to do about it; printed without a stack. */
export class Failure extends Error {
  /**
   * @param {string} what what failed, and why
   * @param {{advice?: string, output?: string, status?: number, told?: boolean}} [more]
   *   what to do; the last lines of output; exit status; whether a child has told the user already
   */
  constructor(what, { advice, output, status = 1, told = false } = {}) {
    super(what);
    this.advice = advice;
    this.output = output;
    this.status = status;
    this.told = told;
  }
}

/** Prints a failure: what and why, the last lines of output, what to do. */
export function report(error) {
  if (error.told) return;
  const lines = [`\nfailed: ${error.message}`];
  if (error.output) lines.push(error.output.replace(/^/gm, '  | '));
  if (error.advice) lines.push(`what to do: ${error.advice}`);
  console.error(lines.join('\n'));
}

/** Runs a command's main function; its failure becomes a message and an exit status that is not 0. */
export async function command(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report(error);
    process.exitCode = error.status;
  }
}
