/** Gives the person a file: the only way out for bytes, and it never leaves the device. */

export function saveFile(name: string, content: Uint8Array | ArrayBuffer | string | Blob, type = 'application/octet-stream'): void {
  const blob = content instanceof Blob ? content : new Blob([content as BlobPart], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(name);
  document.body.append(link);
  link.click();
  link.remove();
  // Safari starts the download after this task; a minute is plenty and frees the memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Without what Windows, macOS or Linux refuse in a file name. */
export const safeName = (name: string): string => name.replace(/[<>:"/\\|?*\p{Cc}]+/gu, '-').replace(/^[.\s]+|[.\s]+$/g, '') || 'file';

/** Rows as CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe. */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  const cell = (v: string | number | boolean | null): string => {
    if (v === null) return '';
    if (typeof v !== 'string') return String(v);
    const inert = /^[=+\-@\t\r]/.test(v) && Number.isNaN(Number(v)) ? `'${v}` : v;
    return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
  };
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
