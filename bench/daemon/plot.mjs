// A plot of shares over time as SVG, readable on a light and on a dark page.

const WIDTH = 900;
const HEIGHT = 380;
const LEFT = 56;
const RIGHT = 16;
const TOP = 56;
const BOTTOM = 44;
const TICKS = 5;

const escaped = (text) => text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char]);

/** A step that a person would choose, for about `TICKS` ticks. */
function step(range) {
  const rough = range / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((it) => it >= rough);
}

const ticks = (limit) => Array.from({ length: Math.floor(limit / step(limit)) + 1 }, (_, index) => index * step(limit));
const short = (value) => String(Number(value.toPrecision(6)));

/**
 * @param {{
 *   title: string, budget: number, band: number, seconds: number,
 *   stretches: {name: string, from: number, to: number}[],
 *   series: {name: string, colour: string, points: [number, number][]}[],
 * }} what shares in percent, times in seconds; `band` is the part of the budget by which it may be missed
 */
export function plot({ title, budget, band, seconds, stretches, series }) {
  const highest = Math.max(budget * 1.5, ...series.flatMap(({ points }) => points.map(([, value]) => value))) * 1.05;
  const x = (time) => (LEFT + (time / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (share) => (HEIGHT - BOTTOM - (share / highest) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const line = (x1, y1, x2, y2, kind) => `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
  const text = (at, level, words, anchor = 'middle') => `<text x="${at}" y="${level}" text-anchor="${anchor}">${escaped(words)}</text>`;
  const [top, bottom] = [TOP, HEIGHT - BOTTOM];
  const parts = [
    text(LEFT, 20, title, 'start'),
    `<rect class="band" x="${LEFT}" y="${y(budget * (1 + band))}" width="${WIDTH - LEFT - RIGHT}" height="${(y(budget * (1 - band)) - y(budget * (1 + band))).toFixed(1)}"/>`,
    ...ticks(highest).flatMap((value) => [line(LEFT, y(value), WIDTH - RIGHT, y(value), 'grid'), text(LEFT - 8, Number(y(value)) + 4, `${short(value)} %`, 'end')]),
    ...ticks(seconds).map((value) => text(x(value), bottom + 18, `${short(value)} s`)),
    ...stretches.flatMap(({ name, from, to }) => [line(x(to), top, x(to), bottom, 'edge'), text((Number(x(from)) + Number(x(to))) / 2, top + 14, name)]),
    line(LEFT, y(budget), WIDTH - RIGHT, y(budget), 'budget'),
    ...series.map(({ colour, points }) => `<polyline stroke="${colour}" points="${points.map(([time, value]) => `${x(time)},${y(value)}`).join(' ')}"/>`),
    ...series.flatMap(({ name, colour }, index) => [
      `<rect fill="${colour}" x="${LEFT + index * 280}" y="32" width="18" height="4"/>`, text(LEFT + 26 + index * 280, 38, name, 'start'),
    ]),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #57606a } polyline { fill: none; stroke-width: 2 }
  .grid { stroke: #8c959f; stroke-opacity: 0.25 } .edge { stroke: #8c959f; stroke-dasharray: 2 4 }
  .budget { stroke: #8c959f; stroke-dasharray: 6 3 } .band { fill: #8c959f; fill-opacity: 0.2 }
  @media (prefers-color-scheme: dark) { text { fill: #adbac7 } }
</style>
${parts.join('\n')}
</svg>
`;
}
