/** Fewer points for a curve without changing how it looks: kept where the path has moved on. */

/** First and last stay; between them a point stays when the path since the last one is long enough. At most `most` (≥ 3). */
export function thin<T>(points: readonly T[], distance: (a: T, b: T) => number, most = 200): T[] {
  if (points.length <= most) return [...points];
  let length = 0;
  for (let i = 1; i < points.length; i++) length += distance(points[i - 1]!, points[i]!);
  const step = length / (most - 2);
  const out = [points[0]!];
  let walked = 0;
  for (let i = 1; i < points.length - 1; i++) {
    walked += distance(points[i - 1]!, points[i]!);
    if (walked >= step) {
      out.push(points[i]!);
      walked = 0;
    }
  }
  out.push(points.at(-1)!);
  return out;
}

/** Evenly by place in the list, ends included. */
export function thinEvenly<T>(points: readonly T[], most = 200): T[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))]!);
}
