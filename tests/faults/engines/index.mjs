// The browser engines of the matrix.
import { chromium } from './chromium.mjs';
import { firefox } from './firefox.mjs';
import { webkit } from './webkit.mjs';

export const ENGINES = [chromium, firefox, webkit];
