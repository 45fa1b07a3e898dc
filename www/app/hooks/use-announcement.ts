// What is said to screen readers when something changed by itself: the connection, and services that change their health class.
import { useState } from 'react';
import type { Connection } from '../model/connection';
import type { HealthClass, HealthReport } from '../model/verdict';
import { type ServiceEntry, serviceClass } from '../model/services';
import { clip, counted, sentence } from '../format/text';

type Classes = ReadonlyMap<string, HealthClass>;

/** More changes at once than this are counted, not listed. */
const MAX_NAMED = 3;

/** The newest announcement; the empty string until there is one. */
export function useAnnouncement(connection: Connection, services: readonly ServiceEntry[], report: HealthReport | null): string {
  const [state, setState] = useState({ connection, services, report, classes: classesOf(services, report), message: '' });
  if (state.connection.label === connection.label && state.services === services && state.report === report) return state.message;
  const classes = classesOf(services, report);
  const parts = [
    state.connection.label === connection.label ? '' : `${connection.label}: ${sentence(connection.reason)}`,
    // The first report is news about everything and therefore about nothing.
    state.report === null ? '' : healthNews(state.classes, classes),
  ].filter((part) => part !== '');
  const message = parts.length === 0 ? state.message : parts.join(' ');
  setState({ connection, services, report, classes, message });
  return message;
}

/** "items-api is now unhealthy." for each service in both, or a count where there are many. */
export function healthNews(before: Classes, now: Classes): string {
  const changed = [...now].filter(([name, healthClass]) => (before.get(name) ?? healthClass) !== healthClass);
  if (changed.length > MAX_NAMED) return `${counted(changed.length, 'service')} changed their health.`;
  return changed.map(([name, healthClass]) => `${clip(name, 60)} is now ${healthClass}.`).join(' ');
}

function classesOf(services: readonly ServiceEntry[], report: HealthReport | null): Classes {
  return new Map(services.map((service) => [service.name, serviceClass(report, service)]));
}
