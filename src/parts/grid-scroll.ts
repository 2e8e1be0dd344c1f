/**
 * Rows in a window that scrolls. Browsers cap an element's height (Firefox at 17.9 M px), so a taller list is scrolled at a scale:
 * the bar moves over `height` px, and the rows pass faster than it does.
 */

export const MAX_HEIGHT = 8_000_000;

export interface Window {
  /** First and one past the last row to draw. */
  readonly from: number;
  readonly to: number;
  /** Pixels from the top of the scrolled content to the first drawn row. */
  readonly offset: number;
}

export const contentHeight = (rows: number, rowHeight: number): number => Math.min(MAX_HEIGHT, rows * rowHeight);

/** What to draw when the bar stands at `top`; `extra` rows more on either side. */
export function windowAt(top: number, rows: number, rowHeight: number, view: number, extra: number): Window {
  const real = rows * rowHeight;
  const height = contentHeight(rows, rowHeight);
  const virtual = height >= real || height <= view ? top : (top * (real - view)) / (height - view);
  const first = Math.floor(virtual / rowHeight);
  const from = Math.max(0, first - extra);
  const to = Math.min(rows, Math.ceil((virtual + view) / rowHeight) + extra);
  return { from, to, offset: top - (virtual - from * rowHeight) };
}

/** Where the bar must stand so that a row is wholly in view; null when it is already. */
export function scrollFor(row: number, top: number, rows: number, rowHeight: number, view: number): number | null {
  const real = rows * rowHeight;
  const height = contentHeight(rows, rowHeight);
  const scale = height >= real || height <= view ? 1 : (real - view) / (height - view);
  const virtual = top * scale;
  if (row * rowHeight < virtual) return (row * rowHeight) / scale;
  if ((row + 1) * rowHeight > virtual + view) return ((row + 1) * rowHeight - view) / scale;
  return null;
}
