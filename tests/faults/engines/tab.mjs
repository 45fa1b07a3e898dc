// One window of a browser, as the cases use it; what the protocol offers for all browsers alike.

/** A function of the page and its arguments, as `execute/sync` wants them. */
const call = (look, args) => ({ script: `return (${look}).apply(null, arguments)`, args });

/**
 * Opens a window.
 * @param {object} session of `webdriver.mjs`
 */
export async function openTab(session) {
  const handle = await session.openWindow();
  const post = (path, body) => session.within(handle, (command) => command('POST', path, body));
  return {
    handle,
    goto: (url) => post('/url', { url }),
    /** Calls `look` in the page; it and what it returns cross as JSON. */
    look: (look, ...args) => post('/execute/sync', call(look, args)),
    back: () => post('/back'),
    /** A minimised window is hidden, as a tab in the background is. */
    hide: () => post('/window/minimize'),
    show: () => post('/window/maximize'),
    close: () => session.closeWindow(handle),
  };
}
