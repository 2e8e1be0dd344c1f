/** The report: a model card on one page, for people who decide and for those who check. Every number comes from the model and its workflow. */
import type { Artifact } from '../../src/core/artifact.js';
import type { Evaluation, Interval } from '../../src/core/evaluation.js';
import { labelScores } from '../../src/core/labels.js';
import type { Workflow } from '../../src/core/workflow.js';
import { fileName, utf8, type Export, type Names } from './export.js';
import { markup, trusted, type Markup } from './markup.js';
import { style } from './report.css.js';
import { confusionTable, importanceBars, percent, residualPictures, round } from './report-pictures.js';

export const report: Export = {
  id: 'report',
  version: 1,
  label: 'Report',
  help: 'A page to read and to print: the question, the data, every preparation step in words, scores with their intervals against the baseline, where the model errs, its limits, and how to make it again.',
  source: 'After Mitchell et al., Model Cards for Model Reporting (2019)',
  params: {},
  ending: '.html',
  fits: () => null,
  async make(a, w, names) {
    const policy = `default-src 'none'; style-src ${await hashOf(style)}; base-uri 'none'; form-action 'none'`;
    const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${a.name}: report</title>
<style>${trusted(style)}</style>
</head>
<body>
<header><h1>${a.name}</h1><p>${a.question || `Predict ${a.target.name}.`}</p></header>
<main>
${verdict(a, names)}
${problem(a, w, names)}
${data(a, w, names)}
${recipe(a)}
${model(a, names)}
${scores(a, names)}
${further(a, names)}
${errors(a, names)}
${importance(a, names)}
${limits(a, w)}
${provenance(a, w)}
</main>
</body>
</html>
`;
    return { name: fileName(a, '-report.html'), type: 'text/html', bytes: utf8(page.text) };
  },
};

const section = (title: string, ...body: (Markup | null)[]): Markup => markup`<section><h2>${title}</h2>${body}</section>`;
/** The same decimals for a score and the ends of its interval. */
const scored = (v: number): string => (Math.abs(v) < 10 ? v.toFixed(3) : round(v, 4)).replace('-', '−');
const interval = (i: Interval): string => `${scored(i.value)} (${scored(i.low)} to ${scored(i.high)})`;

function verdict(a: Artifact, names: Names): Markup {
  const e = a.evaluation;
  const score = e?.scores[e.metric];
  if (!e || !score)
    return markup`<p class="verdict">This model has not been tested on rows kept aside. Its scores below come from cross-validation only.</p>`;
  const base = e.baseline[e.metric];
  const gain = e.difference[e.metric];
  const s = e.success;
  const line =
    s &&
    {
      yes: `It reaches the line of ${round(s.line)}.`,
      no: `It does not reach the line of ${round(s.line)}.`,
      unclear: `Whether it reaches the line of ${round(s.line)} is not certain (probability ${percent(s.probability)}).`,
    }[s.met];
  const beats =
    gain &&
    (gain.low > 0 || gain.high < 0 ? 'The difference to the baseline is clear.' : 'The difference to the baseline could be chance.');
  return markup`<p class="verdict">On ${e.rows} rows it had not seen: ${names.metric(e.metric)} <strong>${interval(score)}</strong>${base ? markup`; the baseline has ${scored(base.value)}` : ''}. ${beats} ${line}</p>${e.coverage ? markup`<p>${a.target.task === 'class' ? 'Its sets of likely classes' : 'The ranges around its answers'} promise to hold the truth in ${percent(e.coverage.level)} of rows; they held it in ${percent(e.coverage.value)} (${percent(e.coverage.low)} to ${percent(e.coverage.high)}).</p>` : ''}`;
}

function problem(a: Artifact, w: Workflow | null, names: Names): Markup {
  const p = w?.problem;
  return section(
    'The question',
    markup`<table><tbody>
<tr><th scope="row">Target</th><td>${a.target.name}${a.target.task === 'class' ? ` (one of ${a.target.levels.length} classes: ${a.target.levels.slice(0, 12).join(', ')}${a.target.levels.length > 12 ? ', …' : ''})` : ' (a number)'}</td></tr>
${a.target.positive !== null ? markup`<tr><th scope="row">Positive class</th><td>${a.target.positive}</td></tr>` : ''}
${p?.use ? markup`<tr><th scope="row">What it is for</th><td>${p.use}</td></tr>` : ''}
${p?.harm ? markup`<tr><th scope="row">What a mistake costs</th><td>${p.harm}</td></tr>` : ''}
${p?.metric ? markup`<tr><th scope="row">Judged by</th><td>${names.metric(p.metric)}${p.success !== null ? `, success from ${round(p.success)}` : ''}</td></tr>` : ''}
</tbody></table>`,
  );
}

function data(a: Artifact, w: Workflow | null, names: Names): Markup {
  const left = w?.columns.filter((c) => c.role === 'ignore') ?? [];
  return section(
    'The data',
    markup`<p>${a.provenance.rows} rows of ${a.provenance.file} to learn from${w ? `; ${percent(w.split.holdout)} of all rows were kept aside (dealt: ${names.split(w.split.method)}${w.split.column ? ` by ${w.split.column}` : ''})` : ''}.${w?.source?.origin ? ` Origin: ${w.source.origin}` : ''}</p>
<table><caption>Columns the model is given</caption><thead><tr><th scope="col">Column</th><th scope="col">Kind</th><th scope="col">In training</th></tr></thead><tbody>${a.inputs.map((i) => markup`<tr><td>${i.name}</td><td>${i.kind}</td><td>${i.levels ? `${i.levels.length} levels: ${i.levels.slice(0, 6).join(', ')}${i.levels.length > 6 ? ', …' : ''}` : typeof i.min === 'number' && typeof i.max === 'number' && i.kind === 'number' ? `${round(i.min)} to ${round(i.max)}` : typeof i.min === 'number' && typeof i.max === 'number' ? `${day(i.min)} to ${day(i.max)}` : '–'}</td></tr>`)}</tbody></table>`,
    left.length
      ? markup`<p>Left out: ${left.map((c, i) => markup`${i ? '; ' : ''}<em>${c.name}</em>${c.why ? ` (${c.why})` : ''}`)}.</p>`
      : null,
  );
}
const day = (ms: number): string => (Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString().slice(0, 10) : '–');

function recipe(a: Artifact): Markup {
  const shown = a.sentences.filter((s) => s.says !== '');
  return section(
    'What is done to the columns first',
    shown.length
      ? markup`<ol>${shown.map((s) => markup`<li>${s.says}.${s.learnt ? markup` <span class="quiet">Learnt: ${s.learnt}</span>` : ''}</li>`)}</ol>`
      : markup`<p>Nothing.</p>`,
  );
}

function model(a: Artifact, names: Names): Markup {
  return section(
    'The model',
    markup`<p>${a.model.label}, given ${a.features.length} columns after preparation.${a.provenance.stopped ? ' Training was stopped early by a person.' : ''}</p>
<table><caption>Settings</caption><tbody>${names.settings(a).map(([k, v]) => markup`<tr><th scope="row">${k}</th><td>${v}</td></tr>`)}</tbody></table>`,
  );
}

function scores(a: Artifact, names: Names): Markup | null {
  const e = a.evaluation;
  const found = [...new Set([...Object.keys(e?.scores ?? {}), ...Object.keys(a.cv ?? {})])];
  if (!found.length) return null;
  return section(
    'Scores',
    markup`<table><caption>In brackets: 95 % intervals. Cross-validation is the mean over folds of the training rows.</caption><thead><tr><th scope="col">Metric</th>${e ? markup`<th scope="col">Rows kept aside</th><th scope="col">Baseline</th><th scope="col">Difference</th>` : ''}${a.cv ? markup`<th scope="col">Cross-validation</th>` : ''}</tr></thead><tbody>${found.map(
      (m) => {
        const cv = a.cv?.[m];
        const cell = (i: Interval | undefined) => markup`<td>${i ? interval(i) : '–'}</td>`;
        return markup`<tr><th scope="row">${names.metric(m)}</th>${e ? [cell(e.scores[m]), cell(e.baseline[m]), cell(e.difference[m])] : ''}${a.cv ? markup`<td>${cv && cv.mean !== null ? `${scored(cv.mean)}${cv.low !== null && cv.high !== null ? ` (${scored(cv.low)} to ${scored(cv.high)})` : ''}` : '–'}</td>` : ''}</tr>`;
      },
    )}</tbody></table>`,
    e
      ? markup`<p class="quiet">The rows kept aside have been looked at ${e.looks === 1 ? 'once' : `${e.looks} times`}; each look makes the score a little too good. Intervals: ${e.draws} bootstrap draws.</p>`
      : null,
  );
}

/** Further targets: what predicts each and how well; yes/no targets as labels together. */
function further(a: Artifact, names: Names): Markup | null {
  if (!a.also) return null;
  const e = a.evaluation;
  const labels = e?.labels;
  const lines = a.also.map((part) => {
    const t = e?.also?.find((one) => one.target === part.target.name);
    const score = t?.scores[t.metric];
    const base = t?.baseline[t.metric];
    const gain = t?.difference[t.metric];
    const cell = (i: Interval | undefined) => markup`<td>${i ? interval(i) : '–'}</td>`;
    return markup`<tr><th scope="row">${part.target.name}</th><td>${part.model.label}</td><td>${t ? names.metric(t.metric) : '–'}</td>${[cell(score), cell(base), cell(gain)]}<td>${t ? t.rows : '–'}</td></tr>`;
  });
  return section(
    'Further targets',
    markup`<p>${a.chain ? 'Predicted in this order, each with the answers before it at hand.' : 'Each predicted by itself, from the same columns.'} The pages above and below are about ${a.target.name}.</p>
<table><caption>On the same rows kept aside. In brackets: 95 % intervals.</caption><thead><tr><th scope="col">Target</th><th scope="col">Model</th><th scope="col">Metric</th><th scope="col">Score</th><th scope="col">Baseline</th><th scope="col">Difference</th><th scope="col">Rows</th></tr></thead><tbody>${lines}</tbody></table>`,
    labels
      ? markup`<table><caption>${labels.labels.map((l) => l.target).join(', ')} together, as labels of ${labels.rows} rows</caption><thead><tr><th scope="col">Score</th><th scope="col">Value</th><th scope="col">Baseline</th></tr></thead><tbody>${labelScores.flatMap((s) => (labels.scores[s.id] ? [markup`<tr><th scope="row">${s.label}</th><td>${interval(labels.scores[s.id]!)}</td><td>${labels.baseline[s.id] ? interval(labels.baseline[s.id]!) : '–'}</td></tr>`] : []))}</tbody></table>`
      : null,
  );
}

function errors(a: Artifact, names: Names): Markup | null {
  const e = a.evaluation;
  if (!e?.confusion && !e?.residuals) return null;
  const worst = e.slices?.slices.filter((s) => s.gap < 0).slice(0, 5) ?? [];
  return section(
    'Where it errs',
    e.confusion ? confusionTable(e.confusion) : null,
    e.residuals ? residualPictures(e.residuals, a.target.name) : null,
    worst.length
      ? markup`<table><caption>Groups of rows with the worst scores (${names.metric(e.slices!.metric)}; by luck: how often luck alone gives such a gap, the p-value corrected for ${e.slices!.looked} groups looked at)</caption><thead><tr><th scope="col">Group</th><th scope="col">Rows</th><th scope="col">Score</th><th scope="col">By luck</th></tr></thead><tbody>${worst.map((s) => markup`<tr><td>${s.says}</td><td>${s.rows}</td><td>${interval(s.score)}</td><td>${s.p < 0.001 ? '< 0.001' : round(s.p, 2)}</td></tr>`)}</tbody></table>`
      : null,
  );
}

function importance(a: Artifact, names: Names): Markup | null {
  const items = a.evaluation?.importance;
  if (!items?.length) return null;
  return section(
    'What it looks at',
    importanceBars([...items].sort((p, q) => q.mean - p.mean)),
    markup`<p class="quiet">How much worse ${names.metric(a.evaluation!.metric)} becomes when a column is shuffled. Columns that say the same share their importance; importance is not cause.</p>`,
  );
}

function limits(a: Artifact, w: Workflow | null): Markup {
  const e: Evaluation | null = a.evaluation;
  const said = [
    ...(e?.warnings ?? []),
    ...(e ? [] : ['It has not been tested on rows kept aside.']),
    `It knows only what ${a.provenance.rows} rows of ${a.provenance.file} could teach; on other people, places or times it may be wrong without saying so.`,
    'Values outside the ranges above, and levels it has not met, make its answers less reliable.',
    ...(a.target.task === 'class' ? ['A probability is a statement about many cases alike, not about one.'] : []),
    ...Object.entries(w?.notes ?? {}).map(([stage, note]) => (note ? `Note on ${stage}: ${note}` : '')),
  ].filter(Boolean);
  return section('Limits', markup`<ul>${said.map((s) => markup`<li>${s}</li>`)}</ul>`);
}

function provenance(a: Artifact, w: Workflow | null): Markup {
  const p = a.provenance;
  return section(
    'Where it comes from, and how to make it again',
    markup`<table><tbody>
<tr><th scope="row">File</th><td>${p.file}, fingerprint ${p.fingerprint}</td></tr>
<tr><th scope="row">Run</th><td>${p.key}</td></tr>
<tr><th scope="row">Seed</th><td>${p.seed}</td></tr>
<tr><th scope="row">Backend</th><td>${p.backend}</td></tr>
<tr><th scope="row">App</th><td>Tablework ${p.app}</td></tr>
</tbody></table>
<p>Open the project in Tablework ${p.app} with the file above (the fingerprint must be the same) and train “${a.model.label}” again${w ? ` with seed ${w.seed}` : ''}. On the CPU the result is the same to the last bit; on a GPU it agrees to rounding.</p>`,
  );
}

/** The style's place in the policy. Browsers lend their hash function to secure pages only; elsewhere the policy still shuts out everything but styles. */
async function hashOf(text: string): Promise<string> {
  if (!isSecureContext()) return "'unsafe-inline'";
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}
const isSecureContext = (): boolean => (crypto as Partial<Crypto>).subtle !== undefined;
