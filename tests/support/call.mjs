// What a page does with what it has found, called from a test.

/** Something else than the deadline has to settle the page. */
export const PATIENT = { timeout: 60_000 };

/** One call in the page: `{status, text}` or `{code, message}`. */
export const call = ({ page }, name, init = {}) => page.evaluate(async ([to, how]) => {
  try {
    const response = await window.application.client.fetch(to, how);
    return { status: response.status, text: await response.text() };
  } catch ({ code, name: kind, message }) {
    return { code: code ?? kind, message };
  }
}, [name, init]);
