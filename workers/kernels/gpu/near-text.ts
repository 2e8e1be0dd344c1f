/** The shaders of the nearest neighbours, in WGSL: distances of a block of queries to points, and the smallest of them kept as they come. */

/** How two rows are compared: sums over the columns of squares, absolute differences or their powers, or the largest difference. */
export interface Measure {
  readonly by: 'squares' | 'absolute' | 'largest' | 'power';
  /** The power; of no use to the others. */
  readonly p: number;
}

/** Queries of a block; threads of a workgroup, one a query; points that a thread measures at once. */
export const BLOCK = 4096;
export const THREADS = 64;
export const SIXTEEN = 16;
/** Columns of sixteen points that stand in a workgroup's own memory: a thread brings one vec4. */
const TILE = 16;

function adding(m: Measure, v: number): string {
  const e = `abs(e${v})`;
  if (m.by === 'squares') return `d${v} = d${v} + e${v} * e${v};`;
  if (m.by === 'absolute') return `d${v} = d${v} + ${e};`;
  if (m.by === 'largest') return `d${v} = max(d${v}, ${e});`;
  // A whole power is multiplied out: pow may be off by a thousand times as much. It says nothing of pow(0, p) either.
  if (Number.isInteger(m.p) && m.p <= 8) return `d${v} = d${v} + ${Array.from({ length: m.p }, () => e).join(' * ')};`;
  return `d${v} = d${v} + select(vec4f(0.0), pow(${e}, vec4f(${m.p}f)), ${e} > vec4f(0.0));`;
}

const four = (say: (v: number) => string) => [0, 1, 2, 3].map(say).join('\n      ');

/**
 * `look`: workgroup (x, y) asks queries 64 x … for the points of segment y, a share of the groups of sixteen between `start` and
 * `stop`. Lists stand by segment, then place, then query, sorted; equal distances in the order of points.
 * `merge`: the lists of all segments become that of segment 0.
 * Layouts: points in groups of sixteen, column by column (four vec4 a column); queries column by column, BLOCK apart.
 */
export const nearText = (m: Measure, keep: number): string => `
struct Job {
  columns: u32, start: u32, stop: u32, rows: u32,
  base: u32, segments: u32, fresh: u32, unused: u32,
}
@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<storage, read> points: array<vec4f>;
@group(0) @binding(2) var<storage, read> queries: array<f32>;
@group(0) @binding(3) var<storage, read_write> distances: array<f32>;
@group(0) @binding(4) var<storage, read_write> found: array<u32>;

const KEEP = ${keep}u;
const BLOCK = ${BLOCK}u;
const FAR = 3.4e38f;
const NONE = 0xffffffffu;

var<workgroup> tile: array<vec4f, ${TILE * 4}>;
var<private> near: array<f32, ${keep}>;
var<private> which: array<u32, ${keep}>;

fn insert(d: f32, row: u32) {
  var at = KEEP - 1u;
  while (at > 0u && near[at - 1u] > d) {
    near[at] = near[at - 1u];
    which[at] = which[at - 1u];
    at--;
  }
  near[at] = d;
  which[at] = row;
}

fn offer(d: vec4f, row: u32) {
  for (var i = 0u; i < 4u; i++) {
    if (d[i] < near[KEEP - 1u] && row + i < job.rows) { insert(d[i], job.base + row + i); }
  }
}

@compute @workgroup_size(${THREADS})
fn look(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let query = group.x * ${THREADS}u + lane;
  let list = group.y * KEEP * BLOCK + query;
  for (var m = 0u; m < KEEP; m++) {
    if (job.fresh == 1u) {
      near[m] = FAR;
      which[m] = NONE;
    } else {
      near[m] = distances[list + m * BLOCK];
      which[m] = found[list + m * BLOCK];
    }
  }
  let share = (job.stop - job.start + job.segments - 1u) / job.segments;
  let begin = job.start + group.y * share;
  let end = min(begin + share, job.stop);
  for (var g = begin; g < end; g++) {
    var d0 = vec4f(0.0);
    var d1 = vec4f(0.0);
    var d2 = vec4f(0.0);
    var d3 = vec4f(0.0);
    for (var first = 0u; first < job.columns; first += ${TILE}u) {
      let many = min(${TILE}u, job.columns - first);
      workgroupBarrier();
      if (lane < many * 4u) { tile[lane] = points[(g * job.columns + first) * 4u + lane]; }
      workgroupBarrier();
      for (var j = 0u; j < many; j++) {
        let x = vec4f(queries[(first + j) * BLOCK + query]);
        ${four((v) => `let e${v} = tile[j * 4u + ${v}u] - x;`)}
        ${four((v) => adding(m, v))}
      }
    }
    let least = min(min(d0, d1), min(d2, d3));
    if (min(min(least.x, least.y), min(least.z, least.w)) < near[KEEP - 1u]) {
      ${four((v) => `offer(d${v}, g * ${SIXTEEN}u + ${4 * v}u);`)}
    }
  }
  for (var m = 0u; m < KEEP; m++) {
    distances[list + m * BLOCK] = near[m];
    found[list + m * BLOCK] = which[m];
  }
}

@compute @workgroup_size(${THREADS})
fn merge(@builtin(global_invocation_id) id: vec3u) {
  let query = id.x;
  for (var m = 0u; m < KEEP; m++) {
    near[m] = distances[m * BLOCK + query];
    which[m] = found[m * BLOCK + query];
  }
  for (var s = 1u; s < job.segments; s++) {
    for (var m = 0u; m < KEEP; m++) {
      let at = (s * KEEP + m) * BLOCK + query;
      let d = distances[at];
      if (d >= near[KEEP - 1u]) { break; }
      insert(d, found[at]);
    }
  }
  for (var m = 0u; m < KEEP; m++) {
    distances[m * BLOCK + query] = near[m];
    found[m * BLOCK + query] = which[m];
  }
}
`;
