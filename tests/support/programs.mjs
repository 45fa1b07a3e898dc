// Where the programs are that the tests run: `npm test` says so in the environment; a single test file that is run by
// hand finds them as the set-up does.
import { releaseBinary } from '../../scripts/common/cargo.mjs';
import { geckodriver } from '../../scripts/setup/cargo-tools.mjs';
import { chromedriver, chromium, firefox, miniBrowser, nginx, webkitDriver, xvfb } from '../../scripts/setup/system-programs.mjs';
import { python } from '../../scripts/setup/python.mjs';

function program(variable, what, find) {
  const found = process.env[variable] || find();
  if (!found) throw new Error(`${what} is missing: run \`npm test\`, which sets everything up, or set ${variable}`);
  return found;
}

export const chromiumProgram = () => program('LANDFALL_CHROMIUM', 'Chromium', () => chromium.program());
export const chromedriverProgram = () => program('LANDFALL_CHROMEDRIVER', 'chromedriver', () => chromedriver.program());
export const firefoxProgram = () => program('LANDFALL_FIREFOX', 'Firefox', () => firefox.program());
export const geckodriverProgram = () => program('LANDFALL_GECKODRIVER', 'geckodriver', () => geckodriver.binary());
export const miniBrowserProgram = () => program('LANDFALL_MINIBROWSER', "WebKitGTK's MiniBrowser", () => miniBrowser.program());
export const webkitDriverProgram = () => program('LANDFALL_WEBKIT_DRIVER', 'WebKitWebDriver', () => webkitDriver.program());
export const xvfbProgram = () => program('LANDFALL_XVFB', 'Xvfb', () => xvfb.program());
export const nginxProgram = () => program('LANDFALL_NGINX', 'nginx', () => nginx.program());
export const pythonProgram = () => program('LANDFALL_PYTHON', 'Python with FastAPI', () => python.program());
export const daemonProgram = () => program('LANDFALL_BIN', 'the daemon', () => releaseBinary('landfall'));
