/** How marks in a picture answer to keys and the pointer. */

/** What makes a mark in a picture a button: reachable by Tab, pressed by Enter, Space or a click. */
export interface Pressable {
  role?: 'button';
  tabindex?: 0;
  'aria-label'?: string;
  onclick?: () => void;
  onkeydown?: (event: KeyboardEvent) => void;
}

export const pressable = (label: string, run: (() => void) | undefined): Pressable =>
  run === undefined
    ? {}
    : {
        role: 'button',
        tabindex: 0,
        'aria-label': label,
        onclick: run,
        onkeydown: (event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          run();
        },
      };

/** Where the pointer is in the picture, in its pixels. */
export function pointerAt(event: MouseEvent): { x: number; y: number } {
  const mark = event.currentTarget as SVGElement;
  const box = (mark.ownerSVGElement ?? mark).getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
