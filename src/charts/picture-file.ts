/** A picture as a file: an SVG with every colour worked out, so that it looks the same without our style sheet; and a PNG of it. */

const properties = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'fill-opacity',
  'opacity',
  'paint-order',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'stroke-linejoin',
  'stroke-linecap',
];

/** `words` stand above the picture. */
export function svgText(svg: SVGSVGElement, words: { title: string; subtitle?: string }): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  for (let i = 0; i < from.length; i++) {
    const style = getComputedStyle(from[i]!);
    const target = to[i]!;
    if (style.display === 'none') target.setAttribute('display', 'none');
    for (const name of properties) {
      const value = style.getPropertyValue(name);
      if (value) target.setAttribute(name, plainColor(value));
    }
    for (const name of ['class', 'style', 'tabindex', 'role']) target.removeAttribute(name);
  }
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  const head = words.subtitle ? 48 : 30;
  const root = getComputedStyle(svg);
  const ink = plainColor(root.color);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('viewBox', `0 ${-head} ${width} ${height + head}`);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height + head));
  copy.setAttribute('font-family', root.fontFamily);
  copy.prepend(
    make('rect', { x: 0, y: -head, width, height: height + head, fill: ground(svg) }),
    make('text', { x: 0, y: 16 - head, fill: ink, 'font-size': 14, 'font-weight': 600 }, words.title),
    ...(words.subtitle ? [make('text', { x: 0, y: 34 - head, fill: ink, 'font-size': 12, opacity: 0.8 }, words.subtitle)] : []),
  );
  return new XMLSerializer().serializeToString(copy);
}

/** Twice the size on screen, for print and slides. */
export async function pngBlob(svg: string, width: number, height: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * 2;
    canvas.height = height * 2;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('The browser made no PNG'))), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

function make(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The first opaque background behind an element. */
function ground(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color && color !== 'transparent' && !color.endsWith(', 0)')) return color;
  }
  return '#ffffff';
}

let brush: CanvasRenderingContext2D | null = null;
/** oklab(…) and color(…) as #rrggbb: drawing programs do not know them. */
export function plainColor(value: string): string {
  if (!/^(oklab|oklch|lab|lch|color)\(/.test(value)) return value;
  brush ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  if (!brush) return value;
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = value;
  brush.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0, a = 255] = brush.getImageData(0, 0, 1, 1).data;
  return a === 255 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${a / 255})`;
}
