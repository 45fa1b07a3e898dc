// Installs programs with apt where that is possible without a question, else says what to install and how.
import { Failure } from '../common/failure.mjs';
import { answer, quietly, which } from '../common/run.mjs';

let listsUpdated = false;

/** The words in front of apt-get, or null where this user cannot install packages unasked. */
function aptGet() {
  if (!which('apt-get')) return null;
  if (process.getuid() === 0) return ['apt-get'];
  return which('sudo') && answer(['sudo', '-n', 'true']) !== null ? ['sudo', '-n', 'apt-get'] : null;
}

/** Whether `aptInstall` can do anything here. */
export const aptWorks = () => aptGet() !== null;

/**
 * Installs Debian packages.
 * @param {{missing: string, why: string, packages: string[], otherwise: string}} need
 *   what is missing, what it is needed for, the packages that bring it, and how else a person gets it
 */
export async function aptInstall({ missing, why, packages, otherwise }) {
  const apt = aptGet();
  const byHand = `sudo apt-get install ${packages.join(' ')}`;
  if (!apt) {
    throw new Failure(`${missing} is missing; it is needed ${why}`, {
      advice: which('apt-get') ? `${byHand}, then run this command again` : otherwise,
    });
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const advice = `look at the lines above, try by hand: ${byHand}; or else: ${otherwise}`;
  if (!listsUpdated) await quietly('apt: reading package lists', [...apt, 'update'], { env, advice });
  listsUpdated = true;
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...packages];
  await quietly(`apt: installing ${packages.join(' ')}`, install, { env, advice });
}
