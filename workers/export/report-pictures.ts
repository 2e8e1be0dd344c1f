/** Pictures for the report: small inline SVG, each with its numbers in words or in a table beside it. */
import { countText } from '../../src/core/count.js';
import type { Confusion, Importance, Residuals } from '../../src/core/evaluation.js';
import { markup, type Markup } from './markup.js';

export const round = (v: number, digits = 3): string =>
  Number.isInteger(v) && Math.abs(v) < 1e15 ? countText(v) : String(Number(v.toPrecision(digits)));
export const percent = (v: number): string => `${(100 * v).toFixed(1)} %`;

/** Rows of true class × called class; the shade is the share of the true class. */
export function confusionTable(c: Confusion): Markup {
  const total = c.counts.map((row) => row.reduce((a, b) => a + b, 0));
  return markup`<table class="confusion"><caption>Rows are the truth, columns what the model said.</caption>
<thead><tr><td></td>${c.levels.map((l) => markup`<th scope="col">${l}</th>`)}<th scope="col">found</th></tr></thead>
<tbody>${c.levels.map(
    (l, t) =>
      markup`<tr><th scope="row">${l}</th>${c.counts[t]!.map((n, p) => markup`<td class="s${Math.round((9 * n) / Math.max(1, total[t]!))}${p === t ? ' right' : ''}">${n}</td>`)}<td>${total[t] ? percent(c.counts[t]![t]! / total[t]!) : '–'}</td></tr>`,
  )}</tbody></table>`;
}

const W = 560;

/** Horizontal bars with whiskers, longest first as given. */
export function importanceBars(items: readonly Importance[]): Markup {
  const shown = items.slice(0, 15);
  const most = Math.max(1e-12, ...shown.map((i) => Math.max(i.mean, i.high)));
  const x = (v: number) => 200 + ((W - 270) * Math.max(0, v)) / most;
  return markup`<svg viewBox="0 0 ${W} ${shown.length * 24 + 4}" role="img" aria-label="Importance of the columns, largest first">${shown.map(
    (i, k) => {
      const y = k * 24 + 4;
      return markup`<text x="192" y="${y + 13}" text-anchor="end">${short(i.column, 28)}</text><rect class="bar" x="200" y="${y}" width="${Math.max(0.5, x(i.mean) - 200).toFixed(1)}" height="16"/><line class="whisker" x1="${x(i.low).toFixed(1)}" x2="${x(i.high).toFixed(1)}" y1="${y + 8}" y2="${y + 8}"/><text x="${(Math.max(x(i.mean), x(i.high)) + 6).toFixed(1)}" y="${y + 13}">${round(i.mean, 2)}</text>`;
    },
  )}</svg>`;
}

/** Truth against prediction, and the histogram of residuals. */
export function residualPictures(r: Residuals, unit: string): Markup {
  const values = r.sample.flatMap((s) => [s.truth, s.predicted]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const at = (v: number) => 40 + (260 * (v - low)) / (high - low || 1);
  const most = Math.max(1, ...r.bins.map((b) => b.count));
  const from = r.bins[0]?.from ?? 0;
  const to = r.bins.at(-1)?.to ?? 1;
  const x = (v: number) => 10 + (260 * (v - from)) / (to - from || 1);
  return markup`<div class="pair"><figure><svg viewBox="0 0 310 330" role="img" aria-label="Predicted against true ${unit}"><rect class="frame" x="40" y="10" width="260" height="260"/><line class="guide" x1="40" y1="270" x2="300" y2="10"/>${r.sample.map((s) => markup`<circle cx="${at(s.truth).toFixed(1)}" cy="${(310 - at(s.predicted)).toFixed(1)}" r="2"/>`)}<text x="40" y="288">${round(low)}</text><text x="300" y="288" text-anchor="end">${round(high)}</text><text x="170" y="310" text-anchor="middle">true ${short(unit, 30)}</text></svg><figcaption>Predicted (upwards) against true. On the line is right.</figcaption></figure>
<figure><svg viewBox="0 0 280 330" role="img" aria-label="How large the errors are">${r.bins.map((b) => markup`<rect class="bar" x="${x(b.from).toFixed(1)}" y="${(270 - (250 * b.count) / most).toFixed(1)}" width="${Math.max(0.5, x(b.to) - x(b.from) - 1).toFixed(1)}" height="${((250 * b.count) / most).toFixed(1)}"/>`)}<text x="10" y="288">${round(from)}</text><text x="270" y="288" text-anchor="end">${round(to)}</text></svg><figcaption>Truth minus prediction: mean ${round(r.mean)}, standard deviation ${round(r.sd)}.</figcaption></figure></div>`;
}

const short = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
