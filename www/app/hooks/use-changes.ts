// The client's events since the page was opened, newest first, at most a hundred.
import { useEffect, useRef, useState } from 'react';
import type { Client } from 'landfall';
import { CHANGE_TYPES, type ChangeRow, MAX_CHANGES, changeText } from '../model/changes';

export function useChanges(client: Client): readonly ChangeRow[] {
  const [rows, setRows] = useState<readonly ChangeRow[]>([]);
  const count = useRef(0);
  useEffect(() => {
    const offs = CHANGE_TYPES.map((type) => client.on(type, (event) => {
      count.current += 1;
      const row: ChangeRow = { id: count.current, at: Date.now(), type, text: changeText(event) };
      setRows((before) => [row, ...before].slice(0, MAX_CHANGES));
    }));
    return () => offs.forEach((off) => off());
  }, [client]);
  return rows;
}
