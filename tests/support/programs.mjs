// Where the programs are that the tests run: `npm test` says so in the environment; a single test file that is run by
// hand finds them as the set-up does.
import { releaseBinary } from '../../scripts/common/cargo.mjs';
import { chromium, nginx } from '../../scripts/setup/system-programs.mjs';
import { python } from '../../scripts/setup/python.mjs';

function program(variable, what, find) {
  const found = process.env[variable] || find();
  if (!found) throw new Error(`${what} is missing: run \`npm test\`, which sets everything up, or set ${variable}`);
  return found;
}

export const chromiumProgram = () => program('LANDFALL_CHROMIUM', 'Chromium', () => chromium.program());
export const nginxProgram = () => program('LANDFALL_NGINX', 'nginx', () => nginx.program());
export const pythonProgram = () => program('LANDFALL_PYTHON', 'Python with FastAPI', () => python.program());
export const daemonProgram = () => program('LANDFALL_BIN', 'the daemon', () => releaseBinary('landfall'));
