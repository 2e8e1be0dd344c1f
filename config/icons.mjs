/** Draws the app's icons: one list of rounded squares, as SVG and as PNG. Run `node config/icons.mjs` after changing the picture. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';

const ground = '#17324d';
const head = '#9fc6e8';
const cell = '#3f6f9b';
const found = '#ffb547';

/** A table of three by three: a header, and what was found rising through it. In hundredths of the picture. */
const squares = [0, 1, 2].flatMap((row) =>
  [0, 1, 2].map((column) => ({
    x: 19 + 22 * column,
    y: 19 + 22 * row,
    size: 18,
    radius: 4,
    colour: row + column === 2 ? found : row === 0 ? head : cell,
  })),
);

/** @param {string} colour */
const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/**
 * Is the point inside a square with round corners?
 * @param {number} px @param {number} py @param {{x: number, y: number, size: number, radius: number}} s
 */
const inside = (px, py, s) => {
  const half = s.size / 2 - s.radius;
  const dx = Math.max(Math.abs(px - s.x - s.size / 2) - half, 0);
  const dy = Math.max(Math.abs(py - s.y - s.size / 2) - half, 0);
  return dx * dx + dy * dy <= s.radius * s.radius;
};

/**
 * @param {number} size pixels
 * @param {boolean} maskable fills the square, with the picture in the safe middle
 */
const png = (size, maskable) => {
  const plate = { x: 0, y: 0, size: 100, radius: maskable ? 0 : 22, colour: ground };
  const scale = maskable ? 0.8 : 1;
  const n = 4; // samples per pixel and axis
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const sum = [0, 0, 0, 0];
      for (let k = 0; k < n * n; k++) {
        const px = ((x + ((k % n) + 0.5) / n) * 100) / size;
        const py = ((y + (Math.floor(k / n) + 0.5) / n) * 100) / size;
        if (!maskable && !inside(px, py, plate)) continue;
        const hit = squares.find((s) => inside((px - 50) / scale + 50, (py - 50) / scale + 50, s)) ?? plate;
        const [r = 0, g = 0, b = 0] = rgb(hit.colour);
        [r, g, b, 255].forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
      }
      const covered = (sum[3] ?? 0) / 255;
      const at = y * (size * 4 + 1) + 1 + x * 4;
      for (let i = 0; i < 3; i++) rows[at + i] = covered === 0 ? 0 : Math.round((sum[i] ?? 0) / covered);
      rows[at + 3] = Math.round((sum[3] ?? 0) / (n * n));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, red green blue alpha
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

/** @param {string} type @param {Buffer} data */
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};

const svg = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">',
  `<rect width="100" height="100" rx="22" fill="${ground}"/>`,
  ...squares.map((s) => `<rect x="${s.x}" y="${s.y}" width="${s.size}" height="${s.size}" rx="${s.radius}" fill="${s.colour}"/>`),
  '</svg>\n',
].join('\n');

const folder = fileURLToPath(new URL('../public/icons/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'icon.svg'), svg);
writeFileSync(join(folder, 'icon-192.png'), png(192, false));
writeFileSync(join(folder, 'icon-512.png'), png(512, false));
writeFileSync(join(folder, 'icon-maskable-512.png'), png(512, true));
