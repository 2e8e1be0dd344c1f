/** Puts a popover beside its anchor, inside the window; the browsers' own anchor positioning is too young to rely on. */

export type Side = 'below' | 'above' | 'right';

export function place(popover: HTMLElement, anchor: Element, align: 'start' | 'end' | 'centre' = 'start', gap = 6): void {
  const a = anchor.getBoundingClientRect();
  popover.style.margin = '0';
  popover.style.inset = 'auto';
  popover.style.position = 'fixed';
  const width = popover.offsetWidth;
  const height = popover.offsetHeight;
  const wide = document.documentElement.clientWidth;
  const tall = window.innerHeight;
  const start = align === 'start' ? a.left : align === 'end' ? a.right - width : a.left + a.width / 2 - width / 2;
  const below = a.bottom + gap;
  const top = below + height <= tall - 8 || a.top < height + gap + 8 ? below : a.top - gap - height;
  popover.style.left = `${Math.max(8, Math.min(start, wide - width - 8))}px`;
  popover.style.top = `${Math.max(8, Math.min(top, tall - height - 8))}px`;
}
