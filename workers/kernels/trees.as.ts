// Rows down trees, in AssemblyScript; trees.ts says what it does, and is its plain twin.
// Built by build.mjs into trees.wasm.ts. Pointers are byte offsets into the imported memory.

// What stays the same while one call runs.
let values: usize = 0;
let wide: usize = 0;
let block: usize = 0;
let column: usize = 0;
let sums: usize = 0;
let scores: usize = 0;
let score: i32 = 0;

export function add(
  nodes: usize,
  value: usize,
  width: i32,
  roots: usize,
  targets: usize,
  trees: i32,
  cells: usize,
  room: i32,
  n: i32,
  lists: usize,
  out: usize,
  outputs: i32,
): void {
  values = value;
  wide = <usize>width;
  block = cells;
  column = (<usize>room) << 2;
  sums = out;
  scores = <usize>outputs;
  const size = (<usize>room) << 1;
  for (let i = 0; i < n; i++) store<u16>(lists + ((<usize>i) << 1), <u16>i);
  for (let t = 0; t < trees; t++) {
    const at = (<usize>t) << 2;
    score = load<i32>(targets + at);
    down(nodes, <usize>load<u32>(roots + at), lists, lists + size, lists + 2 * size, n, 0);
  }
}

@inline
function settle(node: usize, row: usize): void {
  const from = values + node * wide * 8;
  const to = sums + row * scores * 8;
  if (score >= 0) {
    const at = to + ((<usize>score) << 3);
    store<f64>(at, load<f64>(at) + load<f64>(from));
  } else {
    for (let s: usize = 0; s < wide; s++) store<f64>(to + (s << 3), load<f64>(to + (s << 3)) + load<f64>(from + (s << 3)));
  }
}

/** 1 when x goes left at this node. */
@inline
function goesLeft(at: usize, x: f32): usize {
  const set = <usize>load<u32>(at, 20);
  if (set == 0) return x != x ? <usize>load<u32>(at, 16) : <usize>(x <= load<f32>(at, 4));
  if (!(x >= 0) || x >= <f32>(load<u32>(set) * 32)) return <usize>load<u32>(at, 16);
  const level = <u32>x;
  return <usize>((load<u32>(set + 4 + ((<usize>level >> 5) << 2)) >>> (level & 31)) & 1);
}

function down(nodes: usize, node: usize, list: usize, next: usize, after: usize, n: i32, depth: i32): void {
  const at = nodes + node * 24;
  const feature = load<i32>(at);
  const end = list + ((<usize>n) << 1);
  if (feature < 0) {
    if (score >= 0) {
      const value = load<f64>(values + node * wide * 8);
      const shift = sums + ((<usize>score) << 3);
      for (; list < end; list += 2) {
        const to = shift + <usize>load<u16>(list) * scores * 8;
        store<f64>(to, load<f64>(to) + value);
      }
    } else for (; list < end; list += 2) settle(node, <usize>load<u16>(list));
    return;
  }
  if (n < 4 || depth > 200) {
    for (; list < end; list += 2) {
      const row = <usize>load<u16>(list);
      let leaf = node;
      let here = at;
      for (let f = feature; f >= 0; f = load<i32>(here)) {
        const left = goesLeft(here, load<f32>(block + <usize>f * column + (row << 2)));
        leaf = <usize>load<u32>(here + 8 + ((1 - left) << 2));
        here = nodes + leaf * 24;
      }
      settle(leaf, row);
    }
    return;
  }
  const cells = block + <usize>feature * column;
  let front = next;
  let back = next + ((<usize>n) << 1) - 2;
  if (load<u32>(at, 20) != 0) {
    for (; list < end; list += 2) {
      const row = <usize>load<u16>(list);
      const left = goesLeft(at, load<f32>(cells + (row << 2))) << 1;
      store<u16>(front, <u16>row);
      store<u16>(back, <u16>row);
      front += left;
      back += left - 2;
    }
  } else {
    const threshold = load<f32>(at, 4);
    // A missing value is neither ≤ nor >: which of the two is asked sends it left or right.
    if (load<u32>(at, 16) == 0) {
      for (; list < end; list += 2) {
        const row = <usize>load<u16>(list);
        const left = (<usize>(load<f32>(cells + (row << 2)) <= threshold)) << 1;
        store<u16>(front, <u16>row);
        store<u16>(back, <u16>row);
        front += left;
        back += left - 2;
      }
    } else {
      for (; list < end; list += 2) {
        const row = <usize>load<u16>(list);
        const right = (<usize>(load<f32>(cells + (row << 2)) > threshold)) << 1;
        store<u16>(front, <u16>row);
        store<u16>(back, <u16>row);
        front += 2 - right;
        back -= right;
      }
    }
  }
  const left = <i32>((front - next) >> 1);
  if (left > 0) down(nodes, <usize>load<u32>(at, 8), next, after, next, left, depth + 1);
  const skip = (<usize>left) << 1;
  if (left < n) down(nodes, <usize>load<u32>(at, 12), next + skip, after + skip, next + skip, n - left, depth + 1);
}
