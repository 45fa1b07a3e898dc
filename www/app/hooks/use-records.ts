// Records of the client, read again once a second while they are on screen: they change without any event that would say so.
import { useClock } from './use-clock';

export function useRecords<T>(read: () => readonly T[]): readonly T[] {
  useClock();
  return read();
}
