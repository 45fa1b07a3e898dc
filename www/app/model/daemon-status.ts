// The daemon's account of itself (/v1/status), parsed at the border: what it was allowed to use and what it used.
import { amount, list, object, text } from './wire';

/** The parts of /v1/status that the dashboard shows. A number the daemon does not say is null and shown as unknown, never as zero. */
export interface DaemonStatus {
  readonly name: string | null;
  readonly version: string | null;
  readonly uptimeMs: number | null;
  readonly budget: {
    /** The law that paces the checks, e.g. 'tokens'. */
    readonly policy: string | null;
    /** What the daemon may use, in permille of one core. */
    readonly budgetPermille: number | null;
    /** What it used over the window, in permille of one core. */
    readonly usedPermille: number | null;
    /** Present pace of the checks, 1000 being as often as configured. */
    readonly pacePermille: number | null;
    readonly windowMs: number | null;
    /** CPU time beyond the budget that serving clients took, which is not held back, in microseconds since the start. */
    readonly forgivenUs: number | null;
    /** Checks that are due and wait for budget. */
    readonly overdue: number | null;
    readonly oldestVerdictMs: number | null;
  };
  readonly memory: {
    readonly rssBytes: number | null;
    /** What is compared with the ceiling; null without one, or where the system does not tell it. */
    readonly heldBytes: number | null;
    /** What may be held; null without a ceiling. */
    readonly ceilingBytes: number | null;
    /** What the daemon does without because of it. */
    readonly level: MemoryLevel | null;
  };
  readonly settings: {
    readonly file: string | null;
    /** What is wrong with the file as it is now, with line and column; the settings before it hold. Null while nothing is. */
    readonly error: string | null;
    /** The keys whose values in the file count after a restart only. */
    readonly needsRestart: readonly string[];
  };
  readonly checks: {
    readonly total: number | null;
    readonly failed: number | null;
    readonly inFlight: number | null;
    readonly inFlightLimit: number | null;
    readonly perHostLimit: number | null;
  };
  /** Open event streams, this page's own included. */
  readonly streams: number | null;
}

/** What the memory ceiling makes the daemon do without: nothing, histories, new services too. */
const LEVELS = ['full', 'no_history', 'no_new_services'] as const;
export type MemoryLevel = (typeof LEVELS)[number];

const MAX_FILE = 4_096;
const MAX_ERROR = 16_384;
const MAX_KEYS = 64;

/** By how much the used share may be above the budget before it is called over it: the daemon promises to stay under 1.05 times. */
const TOLERANCE = 1.05;
/** A shorter window than this says more of the start than of the daemon, milliseconds. */
const MIN_WINDOW_MS = 10_000;

/** Whether the daemon has used more than it may; false while too little is known. */
export function isOverBudget({ usedPermille, budgetPermille, windowMs }: DaemonStatus['budget']): boolean {
  if (usedPermille === null || budgetPermille === null || windowMs === null || windowMs < MIN_WINDOW_MS) return false;
  return usedPermille > budgetPermille * TOLERANCE;
}

/** Reads a status; null if it is not one. */
export function readDaemonStatus(body: unknown): DaemonStatus | null {
  const wire = object(body);
  const budget = object(wire?.budget);
  if (wire === null || budget === null) return null;
  const checks = object(wire.checks);
  const settings = object(wire.settings);
  const memory = object(wire.memory);
  return {
    name: text(wire.name, 256),
    version: text(wire.version, 64),
    uptimeMs: amount(wire.uptime_ms),
    budget: {
      policy: text(budget.policy, 64),
      budgetPermille: amount(budget.budget_permille),
      usedPermille: amount(budget.used_permille),
      pacePermille: amount(budget.pace_permille),
      windowMs: amount(budget.window_ms),
      forgivenUs: amount(budget.forgiven_us),
      overdue: amount(budget.overdue),
      oldestVerdictMs: amount(budget.oldest_verdict_ms),
    },
    memory: {
      rssBytes: amount(memory?.rss_bytes),
      heldBytes: amount(memory?.held_bytes),
      ceilingBytes: amount(memory?.ceiling_bytes),
      level: LEVELS.find((level) => level === memory?.level) ?? null,
    },
    settings: {
      file: text(settings?.file, MAX_FILE),
      error: text(settings?.error, MAX_ERROR),
      needsRestart: list(settings?.needs_restart, MAX_KEYS).map((key) => text(key, 64)).filter((key) => key !== null),
    },
    checks: {
      total: amount(checks?.total),
      failed: amount(checks?.failed),
      inFlight: amount(checks?.in_flight),
      inFlightLimit: amount(checks?.in_flight_limit),
      perHostLimit: amount(checks?.per_host_limit),
    },
    streams: amount(wire.streams),
  };
}
