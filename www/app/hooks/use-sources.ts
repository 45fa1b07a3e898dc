// How the daemon knows of each service: the same object as long as it is the same answer, whatever else a report says.
import { useState } from 'react';
import { type Sources, sourcesOf } from '../model/sources';
import type { HealthReport } from '../model/verdict';

export function useSources(report: HealthReport | null): Sources {
  const [sources, setSources] = useState<Sources>(() => sourcesOf(report, new Map()));
  const now = sourcesOf(report, sources);
  // Setting state while rendering makes React render this component again at once, with the new value.
  if (now !== sources) setSources(now);
  return now;
}
