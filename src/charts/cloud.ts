/** A cloud of many points painted once into an image, which then stands in the SVG like any mark and is saved with it. */

export interface Cloud {
  readonly n: number;
  readonly x: (i: number) => number;
  readonly y: (i: number) => number;
  readonly keep: (i: number) => boolean;
  readonly group: (i: number) => number;
  /** One colour, the accent. */
  readonly plain: boolean;
  readonly marked?: (i: number) => boolean;
  readonly radius: number;
  readonly alpha: number;
  readonly width: number;
  readonly height: number;
}

/** A data: address of a PNG. O(n); 100 000 points take about 60 ms. */
export function cloud(c: Cloud): string {
  const canvas = document.createElement('canvas');
  const dense = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(c.width * dense));
  canvas.height = Math.max(1, Math.round(c.height * dense));
  const pen = canvas.getContext('2d');
  if (!pen) return '';
  pen.scale(dense, dense);
  const colors = Array.from({ length: 10 }, (_, k) => resolved(c.plain ? 'var(--accent)' : `var(--cat-${k})`));
  const side = c.radius * 2;
  // Two passes, so that what is marked lies on top.
  for (const front of c.marked ? [false, true] : [true]) {
    pen.globalAlpha = c.marked ? (front ? 0.9 : 0.08) : c.alpha;
    for (let i = 0; i < c.n; i++) {
      if (!c.keep(i) || (c.marked && c.marked(i) !== front)) continue;
      const k = c.group(i);
      pen.fillStyle = k < 0 ? '#888' : colors[k % 10]!;
      pen.fillRect(c.x(i) - c.radius, c.y(i) - c.radius, side, side);
    }
  }
  return canvas.toDataURL();
}

/** What a colour of the theme is at this moment: a canvas knows no variables. */
function resolved(color: string): string {
  const probe = document.createElement('span');
  probe.style.color = color;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
