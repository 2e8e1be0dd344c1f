/** Text made safe inside HTML, whether between tags or in a quoted attribute. */
export const escaped = (text: unknown): string => String(text).replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);

/** HTML that is already safe: pieces in ${} are escaped unless they are of this kind. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Piece = Markup | string | number | null | undefined | false | readonly Piece[];

const written = (p: Piece): string =>
  p instanceof Markup
    ? p.text
    : Array.isArray(p)
      ? (p as readonly Piece[]).map(written).join('')
      : p === null || p === undefined || p === false
        ? ''
        : escaped(p);

/** markup`<p>${anything}</p>` (not called html: prettier would reformat what is inside, and policies name it by hash). */
export const markup = (parts: TemplateStringsArray, ...pieces: Piece[]): Markup =>
  new Markup(parts.reduce((out, part, i) => out + written(pieces[i - 1]) + part));

/** For text that is known to be safe, such as a script whose hash stands in the policy. */
export const trusted = (text: string): Markup => new Markup(text);

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
