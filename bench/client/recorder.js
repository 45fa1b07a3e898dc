// What both pages of the client benchmark note, each with its time since the page's start (`performance.now()`).

const note = (kind, about = {}) => window.benchNote(JSON.stringify({ kind, at: performance.now(), ...about }));

/** Begins to note. To be called before anything else. */
export function record() {
  note('began', { timeOrigin: performance.timeOrigin });
  return {
    /** The component has a config now, and of this kind. */
    told: (status, baseUrl) => note('told', { status, baseUrl }),
    event: (type) => note('event', { type }),
    /** What the page could read in the task that asked for its config, without waiting, and how long that took. */
    atOnce: (ms, read) => note('at-once', { ms, ...read }),
    /** Calls `subscribe` after a pause, as a component does that is shown later; notes when it is told. */
    subscribeLate(pause, subscribe) {
      setTimeout(() => {
        const subscribed = performance.now();
        let heard = false;
        subscribe(() => {
          if (!heard) note('late', { ms: performance.now() - subscribed });
          heard = true;
        });
      }, pause);
    },
  };
}

/** The case's options, which stand in the page's URL. */
export const pageOptions = () => JSON.parse(new URLSearchParams(location.search).get('options'));
