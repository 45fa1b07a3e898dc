// The dashboard as a reader sees it: what stands on the page, read from its roles and labels.

/** @param {import('playwright-core').Page} page */
export const dashboard = (page) => ({
  /** How the connection stands, e.g. `Live`. */
  connection: () => page.locator('.status-pill').textContent(),

  /** The list of services: name to `{address, health}`; `address` is host and port, or `no instance`. */
  services: () => page.getByRole('table', { name: 'Services', exact: true }).evaluate((table) => Object.fromEntries(
    [...table.querySelectorAll('.list-body [role=row]')].map((row) => [
      row.querySelector('.row-link').textContent,
      { address: row.querySelector('.row-sub').firstChild.textContent, health: row.querySelector('.class-word').textContent },
    ]),
  )),

  /** Chooses a service of the list. */
  async choose(service) {
    await page.getByRole('table', { name: 'Services', exact: true }).getByRole('link', { name: service, exact: true }).click();
    await page.getByRole('heading', { level: 2, name: service, exact: true }).waitFor();
  },

  /** The endpoints of the chosen service: path to its methods with how each is known, e.g. `{GET: 'known from OpenAPI'}`. */
  endpoints: (service) => page.getByRole('table', { name: `Endpoints of ${service}` }).evaluate((table) => Object.fromEntries(
    [...table.querySelectorAll('tbody tr')].map((row) => [
      row.querySelector('.path').textContent,
      Object.fromEntries([...row.querySelectorAll('.evidence-group')].flatMap((group) =>
        [...group.querySelectorAll('.method-badge')].map((badge) => [badge.textContent, group.querySelector('.evidence-label')?.textContent]))),
    ]),
  )),

  /** Goes to one of the views, e.g. `Trace`. */
  view: (name) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click(),

  /** The list of what changed since the page was opened, newest first: `{event, text}`. */
  changes: () => page.getByRole('table', { name: 'Changes' }).evaluate((table) =>
    [...table.querySelectorAll('tbody tr')].map((row) => ({
      event: row.querySelector('[role=rowheader]').textContent, text: row.querySelector('td:last-child').textContent,
    }))),
});
