// What reading costs: one URL, and a large catalog.
import { median, rounded } from '../common/statistics.mjs';

const FULL = { urls: { endpoints: 200, rounds: 9, calls: 1_000_000 }, catalog: { endpoints: 10_000, rounds: 10 } };
const BRIEF = { urls: { endpoints: 200, rounds: 1, calls: 50_000 }, catalog: { endpoints: 1_000, rounds: 1 } };

const medians = (measured) => Object.fromEntries(Object.entries(measured).map(([key, values]) => [key, Array.isArray(values) ? median(values) : values]));

/** Measures both in a page of their own; two tables. */
export async function measureReads(lab, { smoke }) {
  const how = smoke ? BRIEF : FULL;
  const page = await (await lab.visitor()).newPage();
  await page.goto(`${lab.site}/read`);
  await page.waitForFunction(() => window.reads);
  const urls = medians(await page.evaluate((options) => window.reads.urls(options), how.urls));
  const catalog = medians(await page.evaluate((options) => window.reads.catalog(options), how.catalog));

  const row = (key, ms, base) => ({ ...key, p50: rounded(ms), ratio: rounded(ms / base) });
  return [
    {
      title: 'Reading one URL (ns per call)',
      rows: [
        row({ way: 'table[name]: a plain object' }, urls.table, urls.table),
        row({ way: 'base + paths[name].path: written by hand' }, urls.expression, urls.table),
        row({ way: 'client.url(name)' }, urls.client, urls.table),
        row({ way: 'client.url(name, { … }): one parameter' }, urls.parameters, urls.table),
      ],
    },
    {
      title: `A catalog of ${how.catalog.endpoints} endpoints, ${catalog.bytes} bytes (ms)`,
      rows: [
        row({ what: 'JSON.parse alone' }, catalog.parse, catalog.parse),
        row({ what: 'bytes to published snapshot' }, catalog.engine, catalog.parse),
        row({ what: 'the same, and kept in localStorage' }, catalog.engineWithCache, catalog.parse),
      ],
    },
  ];
}
