// A Python environment with the real backends of the page tests (tests/backends/requirements.txt), in the shared cache.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '../common/failure.mjs';
import { inCache, inRoot } from '../common/paths.mjs';
import { answer, quietly, which } from '../common/run.mjs';
import { fingerprint, stamp, stamped } from '../common/stamp.mjs';
import { aptInstall } from './apt.mjs';

const REQUIREMENTS = inRoot('tests/backends/requirements.txt');

/** One environment per list of packages, so that clones of different ages do not disturb each other. */
const wanted = () => fingerprint([REQUIREMENTS]);
const folder = () => inCache('python', wanted().slice(0, 12));
const stampFile = () => path.join(folder(), 'landfall-requirements');

const canMakeEnvironments = () => which('python3') && answer(['python3', '-c', 'import venv, ensurepip']) !== null;

export const python = {
  name: 'Python with FastAPI',
  program: () => path.join(folder(), 'bin/python'),
  check: () => existsSync(REQUIREMENTS) && stamped(stampFile(), wanted()) && existsSync(python.program()),
  async install() {
    if (!existsSync(REQUIREMENTS)) throw new Failure('tests/backends/requirements.txt is missing: it lists the packages of the real backends');
    if (!canMakeEnvironments()) {
      await aptInstall({
        missing: 'Python 3 with venv',
        why: 'to run FastAPI, a real backend of the page tests',
        packages: ['python3', 'python3-venv'],
        otherwise: 'install Python 3 from https://www.python.org or with your package manager (macOS: brew install python)',
      });
    }
    await rm(folder(), { recursive: true, force: true });
    await mkdir(inCache('python'), { recursive: true });
    await quietly('python: making an environment', ['python3', '-m', 'venv', folder()]);
    await quietly(`pip: installing ${readFileSync(REQUIREMENTS, 'utf8').match(/^[A-Za-z][\w-]*/gm).join(', ')}`,
      [python.program(), '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', REQUIREMENTS],
      { advice: 'check that the Python package index can be reached, then run this command again' });
    stamp(stampFile(), wanted());
  },
};
