// The smallest applications: each shows its client as `window.client`, and lets DevTools look at the engine.

const OPTIONS = "{ name: 'application', devtools: true, cache: false, fallback: { config: { greeting: 'nobody' } } }";

/** The drop-in service. */
export const configService = `import { createConfigService } from 'landfall/config-service';
window.client = createConfigService({ ...${OPTIONS}, ports: [] }).client;
`;

/** Plain JavaScript with the entry `from`. */
export const plain = (from) => `import { createClient } from '${from}';
window.client = createClient(${OPTIONS});
`;

/** The slim entry where the bundler gives the address of a file that is imported. */
export const slimByImport = `import { createClient } from 'landfall/slim';
import wasm from 'landfall/landfall.wasm';
window.client = createClient({ ...${OPTIONS}, wasm: new URL(wasm, import.meta.url) });
`;

/** React in StrictMode; the page shows the status and a config value. */
export const react = `import { StrictMode, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { LandfallProvider, useClient, useConfig, useStatus } from 'landfall/react';
function Page() {
  window.client = useClient();
  return createElement('p', null, useStatus() + ' ' + useConfig('greeting', 'silence'));
}
const provider = createElement(LandfallProvider, { options: ${OPTIONS} }, createElement(Page));
createRoot(document.body).render(createElement(StrictMode, null, provider));
`;

/** The page around it; without a charset on purpose, since an engine must not depend on how a page is encoded. */
export const html = (script) => `<!doctype html><html lang="en"><title>application</title><body></body>${script}</html>\n`;
