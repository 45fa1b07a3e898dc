// Node itself: new enough for the tools that package-lock.json pins.
import { Failure } from '../common/failure.mjs';

const OLDEST = [20, 19];

export default {
  name: 'Node.js',
  check() {
    const [major, minor] = process.versions.node.split('.').map(Number);
    return process.platform !== 'win32' && (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]));
  },
  install() {
    if (process.platform === 'win32') {
      throw new Failure('Landfall is built on Linux or macOS', { advice: 'use the Windows Subsystem for Linux' });
    }
    throw new Failure(`Node.js ${process.versions.node} is too old; ${OLDEST.join('.')} or newer is needed`, {
      advice: 'install a current Node.js from https://nodejs.org or with your package manager',
    });
  },
};
