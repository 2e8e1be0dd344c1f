/** What tuning searches: the space made from the declarations of parameters. */
import type { Param, Params, Value, Values } from '../../src/core/param.js';
import { defaults } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import type { Dimension, Space } from '../../src/core/sampler.js';

/** How a parameter is searched; without a `tune` range, over all that it may be. */
function dimension(name: string, p: Param): Dimension {
  const when = p.when ? { when: p.when } : {};
  switch (p.kind) {
    case 'flag':
      return { name, kind: 'options', options: [false, true], ...when };
    case 'choice':
      return { name, kind: 'options', options: p.tune ?? Object.keys(p.options), ...when };
    case 'list':
      if (!p.tune) throw new Problem('tune/not-searchable', { param: name, label: p.label });
      return { name, kind: 'options', options: p.tune, ...when };
    case 'text':
    case 'members':
      throw new Problem('tune/not-searchable', { param: name, label: p.label });
    default: {
      const [low, high] = p.tune ?? [p.min, p.max];
      return { name, kind: p.kind, low, high, log: p.scale === 'log' && low > 0, ...when };
    }
  }
}

/** `search` names what to search; left out, it is every parameter that declares a `tune` range. */
export function space(params: Params, search?: readonly string[]): Space {
  for (const param of search ?? []) if (!Object.hasOwn(params, param)) throw new Problem('param/unknown', { param });
  const searched = Object.entries(params).filter(([name, p]) => (search ? search.includes(name) : 'tune' in p && p.tune !== undefined));
  const dimensions: Dimension[] = [];
  const placed = new Set<string>();
  const place = (name: string, p: Param) => {
    if (placed.has(name)) return;
    placed.add(name);
    const parent = p.when && searched.find(([other]) => other === p.when!.param);
    if (parent) place(...parent);
    dimensions.push(dimension(name, p));
  };
  for (const [name, p] of searched) place(name, p);
  const fixed = Object.fromEntries(Object.entries(defaults(params)).filter(([name]) => !placed.has(name)));
  return { dimensions, fixed };
}

/** Whether a dimension plays a part, given the values chosen so far (those before it). */
export function isActive(d: Dimension, s: Space, chosen: Values): boolean {
  if (!d.when) return true;
  const { param, is } = d.when;
  // A parameter that is searched but was not chosen is itself inactive.
  const value: Value | undefined = Object.hasOwn(chosen, param) ? chosen[param] : s.fixed[param];
  return is.some((v) => v === value);
}

/** A proposal as one text, by which repeats are found. */
export const keyOf = (s: Space, params: Values): string =>
  JSON.stringify(s.dimensions.map((d) => (Object.hasOwn(params, d.name) ? params[d.name] : null)));

/** Where a number lies in its range, 0…1, on the scale that is searched. Whole numbers have a slot each. */
export function toUnit(d: Dimension & { kind: 'real' | 'int' }, value: number): number {
  const [low, high] = ends(d);
  const at = d.log ? Math.log(value) : value;
  return high > low ? Math.min(1, Math.max(0, (at - low) / (high - low))) : 0.5;
}

/** The number at a place 0…1 of its range. */
export function fromUnit(d: Dimension & { kind: 'real' | 'int' }, unit: number): number {
  const [low, high] = ends(d);
  const at = low + unit * (high - low);
  const value = d.log ? Math.exp(at) : at;
  return Math.min(d.high, Math.max(d.low, d.kind === 'int' ? Math.round(value) : value));
}

function ends(d: Dimension & { kind: 'real' | 'int' }): readonly [number, number] {
  const half = d.kind === 'int' ? 0.499999 : 0;
  return d.log ? [Math.log(d.low - half), Math.log(d.high + half)] : [d.low - half, d.high + half];
}
