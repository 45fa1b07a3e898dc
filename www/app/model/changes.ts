// The client's events as lines to be read: what changed, in words.
import type { Events } from 'landfall';

/** The events that are listed. 'config-ready' is the trace's business. */
export const CHANGE_TYPES = ['config-updated', 'service-relocated', 'endpoints-changed', 'discovery-failed'] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

export interface ChangeRow {
  /** Counts up; names the row. */
  readonly id: number;
  /** `Date.now()`. */
  readonly at: number;
  readonly type: ChangeType;
  readonly text: string;
}

/** Most changes that are kept. */
export const MAX_CHANGES = 100;

/** An event in words. */
export function changeText(event: Events[ChangeType]): string {
  switch (event.type) {
    case 'config-updated':
      return event.snapshot.revision === null ? 'A better value replaced the one before.' : `The catalog is now at revision ${event.snapshot.revision}.`;
    case 'service-relocated':
      return `${event.detail.service} moved from ${event.detail.from ?? 'nowhere'} to ${event.detail.to ?? 'nowhere'}.`;
    case 'endpoints-changed':
      return [listed('Added', event.detail.added), listed('Removed', event.detail.removed)].filter((part) => part !== '').join(' ');
    case 'discovery-failed':
      return event.detail.subject === null ? event.detail.code : `${event.detail.code}: ${event.detail.subject}`;
  }
}

const MAX_LISTED = 5;

function listed(verb: string, endpoints: readonly string[]): string {
  if (endpoints.length === 0) return '';
  const rest = endpoints.length > MAX_LISTED ? ` and ${endpoints.length - MAX_LISTED} more` : '';
  return `${verb}: ${endpoints.slice(0, MAX_LISTED).join(', ')}${rest}.`;
}
