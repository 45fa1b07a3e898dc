// The npm packages of package-lock.json, installed exactly (`npm ci`) and again whenever the lock changes.
import { fingerprint, stamp, stamped } from '../common/stamp.mjs';
import { inRoot } from '../common/paths.mjs';
import { quietly } from '../common/run.mjs';

/** Inside node_modules, so that removing the folder removes the stamp. */
const STAMP = inRoot('node_modules/.landfall-lock');

/** Some packages bring machine code: another platform or Node needs another install. */
const wanted = () => fingerprint([inRoot('package-lock.json')], process.platform, process.arch, process.versions.modules);

export default {
  name: 'npm packages',
  check: () => stamped(STAMP, wanted()),
  async install() {
    await quietly('npm: installing packages', ['npm', 'ci', '--no-audit', '--no-fund'], {
      advice: 'check that the npm registry can be reached (npm ping), then run this command again',
    });
    stamp(STAMP, wanted());
  },
};
