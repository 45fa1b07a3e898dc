/**
 * The browser's permission to ask this machine and this network from a page that is farther away (Local Network Access):
 * looked at, followed, and asked for only when the page says so.
 */

/** What the permission is called: of newer browsers first. */
const LOOPBACK = ['loopback-network', 'local-network-access'];
const NETWORK = ['local-network', 'local-network-access'];

/** What `watchLocalAccess` returns. */
export interface LocalAccess {
  /** Lets the browser ask the user, by a request to each local candidate. */
  readonly request: () => void;
  readonly end: () => void;
}

/**
 * Tells what is permitted, now and after each change; or that the user has given the word, where the browser knows no permission
 * and no other tab could notice. `candidates` are what a permission is wanted for.
 */
export function watchLocalAccess(
  candidates: readonly string[],
  permit: (loopback: boolean, network: boolean, consent?: boolean) => void,
): LocalAccess {
  const controller = new AbortController();
  const { signal } = controller;
  const statuses = Promise.all([find(LOOPBACK), find(NETWORK)]);
  const tell = async () => {
    const [loopback, network] = await statuses;
    if (!signal.aborted) permit(loopback?.state === 'granted', network?.state === 'granted');
  };
  const follow = async () => {
    for (const status of await statuses) status?.addEventListener('change', () => void tell(), { signal });
    await tell();
  };
  const request = async () => {
    // A browser without the permission has no prompt either: the page's word is enough.
    if ((await statuses).every((status) => !status)) permit(true, true, true);
    else await Promise.allSettled(candidates.map((url) => fetch(url, { mode: 'no-cors', credentials: 'omit', signal })));
  };
  void follow();
  return { request: () => void request(), end: () => { controller.abort(); } };
}

/** The state of the first permission that this browser knows. */
async function find(names: readonly string[]): Promise<PermissionStatus | undefined> {
  for (const name of names) {
    try {
      return await navigator.permissions.query({ name: name as PermissionName });
    } catch {
      // It does not know this name, or has no permissions at all, as a server.
    }
  }
  return undefined;
}
