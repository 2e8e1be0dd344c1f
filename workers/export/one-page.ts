/** A model as one HTML page that predicts by itself: no network, no installation, opens from a disk. */
import { perTarget, type Artifact } from '../../src/core/artifact.js';
import type { Interval } from '../../src/core/evaluation.js';
import { fileName, utf8, type Export, type Names } from './export.js';
import { base64, markup, trusted } from './markup.js';
import { modelFile } from './model-file.js';
import { predictor } from './predictor/source.js';

export const onePage: Export = {
  id: 'html',
  version: 1,
  label: 'One-page predictor',
  help: 'A single HTML file with the model inside: a form for one case, and a place to drop a CSV. It opens in any browser, also from a disk, and its policy forbids it to send anything anywhere.',
  source: 'Tablework',
  params: {},
  ending: '.html',
  fits: () => null,
  async make(a, _, names) {
    const { script, scriptHash, style, styleHash } = await predictor();
    // The predictor needs the recipe and the form; what belongs to training stays behind.
    const model = await modelFile.make({ ...a, evaluation: null, cv: null }, null, names);
    const targets = perTarget(a)
      .map((m) => m.target.name)
      .join(', ');
    const policy = `default-src 'none'; script-src ${scriptHash}; style-src ${styleHash}; base-uri 'none'; form-action 'none'`;
    const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${a.name}: predict ${targets}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${a.name}</h1>
<p>${a.question || `What is ${targets}?`}</p>
</header>
<main>
<h2>One case</h2>
<form id="form" autocomplete="off">
<div id="fields"></div>
</form>
<div id="answer" aria-live="polite"></div>
<h2>Many cases</h2>
<div id="drop">
<p><label for="file">A CSV file with the columns above</label> (drop it here, or choose it)</p>
<input id="file" type="file" accept=".csv,.tsv,.txt,text/csv">
<form id="pasted">
<p><label for="paste">or paste rows, the header first</label></p>
<textarea id="paste" rows="4" spellcheck="false"></textarea>
<p><button>Predict these rows</button></p>
</form>
</div>
<div id="rows" aria-live="polite"></div>
</main>
<footer>
<p>${scoreLine(a, names)}</p>
<p>${a.model.label}, trained on ${a.provenance.rows} rows of ${a.provenance.file}, seed ${a.provenance.seed}. Made with Tablework ${a.provenance.app}. Nothing you enter leaves this page.</p>
</footer>
<script type="application/octet-stream" id="model">${base64(model.bytes)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`;
    return { name: fileName(a, '.html'), type: 'text/html', bytes: utf8(page.text) };
  },
};

const said = (metric: string, { value, low, high }: Interval) =>
  `${metric} ${value.toPrecision(3)} (95 % interval ${low.toPrecision(3)} to ${high.toPrecision(3)})`;

/** How good the model is, in a sentence for each target. */
function scoreLine(a: Artifact, names: Names): string {
  const e = a.evaluation;
  const score = e?.scores[e.metric];
  if (e && score)
    return [
      `On ${e.rows} rows it had not seen: ${said(names.metric(e.metric), score)}.`,
      ...(e.also ?? []).map((t) =>
        t.scores[t.metric] ? `${t.target}: ${said(names.metric(t.metric), t.scores[t.metric]!)}.` : `${t.target}: not tested.`,
      ),
    ].join(' ');
  return 'It has not been tested on rows kept aside: do not rely on it yet.';
}
