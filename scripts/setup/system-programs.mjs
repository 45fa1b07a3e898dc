// Programs that the system's packages bring: the browsers of the tests and their drivers, a web server that stands for
// services that are not ours, a C++ compiler for libFuzzer.
import { which } from '../common/run.mjs';
import { aptInstall } from './apt.mjs';

const CHROMIUM = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
const FIREFOX = ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

/** A set-up step for a program that the system's packages bring; `program()` is where it is. */
function systemProgram({ name, programs, why, packages, otherwise }) {
  const program = () => which(...programs);
  return {
    name,
    program,
    check: () => program() !== null,
    install: () => aptInstall({ missing: name, why, packages, otherwise }),
  };
}

export const chromium = systemProgram({
  name: 'Chromium or Chrome',
  programs: CHROMIUM,
  why: 'to test pages and the engine in a browser',
  packages: ['chromium', 'fonts-liberation'],
  otherwise: 'macOS: brew install --cask google-chrome; else see https://www.google.com/chrome',
});

export const chromedriver = systemProgram({
  name: 'chromedriver',
  programs: ['chromedriver'],
  why: 'to run the wasm tests in Chrome',
  packages: ['chromium-driver'],
  otherwise: 'macOS: brew install --cask chromedriver; else see https://googlechromelabs.github.io/chrome-for-testing',
});

export const firefox = systemProgram({
  name: 'Firefox',
  programs: FIREFOX,
  why: 'to run the wasm tests in a second browser engine',
  packages: ['firefox-esr'],
  otherwise: 'macOS: brew install --cask firefox; else see https://www.mozilla.org/firefox',
});

export const xvfb = systemProgram({
  name: 'Xvfb',
  programs: ['Xvfb'],
  why: 'as the display of the one browser that has no headless mode, WebKitGTK',
  packages: ['xvfb'],
  otherwise: 'Fedora: dnf install xorg-x11-server-Xvfb; Arch: pacman -S xorg-server-xvfb',
});

export const webkitDriver = systemProgram({
  name: 'WebKitWebDriver',
  programs: ['WebKitWebDriver'],
  why: 'to test pages in a third browser engine, WebKitGTK',
  packages: ['webkit2gtk-driver'],
  otherwise: 'Fedora: dnf install webkitgtk6.0; Arch: pacman -S webkit2gtk-4.1; other systems than Linux have no WebKitGTK',
});

/** WebKitGTK's own small browser, which Debian keeps beside the library. */
export const miniBrowser = systemProgram({
  name: 'MiniBrowser of WebKitGTK',
  programs: ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`).concat('MiniBrowser'),
  why: 'to test pages in a third browser engine, WebKitGTK',
  packages: ['libwebkit2gtk-4.1-0'],
  otherwise: 'Fedora: dnf install webkit2gtk4.1; Arch: pacman -S webkit2gtk-4.1',
});

export const nginx = systemProgram({
  name: 'nginx',
  programs: ['nginx', '/usr/sbin/nginx'],
  why: 'as a real service that the daemon finds in the page tests',
  packages: ['nginx-light'],
  otherwise: 'macOS: brew install nginx; Fedora: dnf install nginx; Arch: pacman -S nginx',
});

export const cxx = systemProgram({
  name: 'A C++ compiler (c++)',
  programs: ['c++', 'g++', 'clang++'],
  why: 'to compile libFuzzer, which runs the fuzz targets',
  packages: ['g++'],
  otherwise: 'macOS: xcode-select --install; Fedora: dnf install gcc-c++; Arch: pacman -S gcc',
});
