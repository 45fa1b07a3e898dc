// Records of the client, read again once a second while they are on screen: they change without any event that would say so.
import { useMemo } from 'react';
import { useClock } from './use-clock';

export function useRecords<T>(read: () => readonly T[]): readonly T[] {
  const now = useClock();
  // `now` is not used by `read`; it is the reason to read again.
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the clock is the trigger
  return useMemo(read, [read, now]);
}
