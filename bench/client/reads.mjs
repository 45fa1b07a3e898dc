// What reading costs: one URL, and a large catalog.
import { printTable } from '../common/table.mjs';
import { median, rounded } from '../common/statistics.mjs';

const FULL = { urls: { endpoints: 200, rounds: 9, calls: 1_000_000 }, catalog: { endpoints: 10_000, rounds: 10 } };
const BRIEF = { urls: { endpoints: 200, rounds: 1, calls: 50_000 }, catalog: { endpoints: 1_000, rounds: 1 } };

const medians = (measured) => Object.fromEntries(Object.entries(measured).map(([key, values]) => [key, Array.isArray(values) ? median(values) : values]));

/** Measures both in a page of their own. */
export async function measureReads(lab, { smoke }) {
  const how = smoke ? BRIEF : FULL;
  const page = await (await lab.visitor()).newPage();
  await page.goto(`${lab.site}/read`);
  await page.waitForFunction(() => window.reads);
  const urls = medians(await page.evaluate((options) => window.reads.urls(options), how.urls));
  const catalog = medians(await page.evaluate((options) => window.reads.catalog(options), how.catalog));

  printTable('Reading one URL (p50, ns per call)', [
    { way: 'table[name]: a plain object', ns: urls.table, ratio: 1 },
    { way: 'base + paths[name].path: written by hand', ns: urls.expression, ratio: urls.expression / urls.table },
    { way: 'client.url(name)', ns: urls.client, ratio: urls.client / urls.table },
    { way: 'client.url(name, { … }): one parameter', ns: urls.parameters, ratio: urls.parameters / urls.table },
  ]);
  printTable(`A catalog of ${how.catalog.endpoints} endpoints, ${catalog.bytes} bytes (p50, ms)`, [
    { what: 'JSON.parse alone', ms: catalog.parse, ratio: 1 },
    { what: 'bytes to published snapshot', ms: catalog.engine, ratio: catalog.engine / catalog.parse },
    { what: 'the same, and kept in localStorage', ms: catalog.engineWithCache, ratio: catalog.engineWithCache / catalog.parse },
  ]);
  return {
    url_ns: { table: rounded(urls.table), expression: rounded(urls.expression), client: rounded(urls.client), client_with_parameter: rounded(urls.parameters) },
    url_ratio_to_table: rounded(urls.client / urls.table),
    url_ratio_to_expression: rounded(urls.client / urls.expression),
    catalog: {
      endpoints: how.catalog.endpoints, bytes: catalog.bytes, json_parse_ms: rounded(catalog.parse), engine_ms: rounded(catalog.engine),
      engine_with_cache_ms: rounded(catalog.engineWithCache), ratio: rounded(catalog.engine / catalog.parse),
    },
  };
}
