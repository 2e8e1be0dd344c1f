/** The style of the report: reads on a screen, prints on paper. Shades s0…s9 are for the confusion table. */
export const style = `:root{color-scheme:light}
*{box-sizing:border-box}
body{font:16px/1.55 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:50rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid #c9ced6;padding-bottom:.2rem}
h1,h2,p,li,td,th{overflow-wrap:anywhere}
table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}
caption{text-align:start;font-size:.875rem;color:#4a515c}
th,td{padding:.2rem .8rem .2rem 0;text-align:start;border-bottom:1px solid #e3e6ea;vertical-align:top}
.confusion th,.confusion td{padding:.3rem .7rem;text-align:end}
.verdict{border:2px solid #1a5fb4;border-radius:8px;padding:.75rem 1rem;font-size:1.1rem}
.quiet,figcaption{color:#4a515c;font-size:.875rem}
svg{width:100%;height:auto;font:12px system-ui,sans-serif;fill:#1b1f24}
.bar{fill:#1a5fb4}.whisker{stroke:#1b1f24;stroke-width:1.5}.frame{fill:none;stroke:#c9ced6}.guide{stroke:#8a919c;stroke-dasharray:4 4}
circle{fill:#1a5fb4;fill-opacity:.45}
figure{margin:0}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1.5rem}
.right{font-weight:700}
${Array.from({ length: 10 }, (_, i) => `.s${i}{background:rgb(26 95 180 / ${(i * 0.05).toFixed(2)})}`).join('')}
@media print{body{padding:0;font-size:11pt}h2{break-after:avoid}table,figure,svg{break-inside:avoid}}
`;
