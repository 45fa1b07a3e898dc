// Runs before everything else in a page of the fault matrix, and writes down what goes wrong in it.
(() => {
  const troubles = [];
  window.troubles = troubles;
  const text = (value) => (value instanceof Error ? `${value.name}: ${value.message}` : String(value));
  window.addEventListener('error', ({ message, error }) => troubles.push(`uncaught: ${message || text(error)}`));
  window.addEventListener('unhandledrejection', ({ reason }) => troubles.push(`unhandled rejection: ${text(reason)}`));
  for (const level of ['error', 'warn', 'assert']) {
    const original = console[level];
    console[level] = (...words) => {
      if (level !== 'assert' || !words[0]) troubles.push(`console.${level}: ${words.map(text).join(' ')}`);
      original.apply(console, words);
    };
  }
})();
