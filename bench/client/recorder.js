// What both pages of the client benchmark write down, each with its time since the page's start (`performance.now()`).

/** Begins to write, at `window.bench`. To be called before anything else. */
export function record() {
  const bench = { began: performance.now(), timeOrigin: performance.timeOrigin, told: [], events: [], late: null };
  window.bench = bench;
  return {
    /** The component has a config now, and of this kind. */
    told: (status, baseUrl) => bench.told.push({ at: performance.now(), status, baseUrl }),
    event: (type) => bench.events.push({ at: performance.now(), type }),
    /** Calls `subscribe` after a pause, as a component does that is shown later; writes down when it is told. */
    subscribeLate(pause, subscribe) {
      setTimeout(() => {
        bench.late = { subscribed: performance.now(), told: null };
        subscribe(() => {
          bench.late.told ??= performance.now();
        });
      }, pause);
    },
  };
}

/** The case's options, which stand in the page's URL. */
export const pageOptions = () => JSON.parse(new URLSearchParams(location.search).get('options'));
