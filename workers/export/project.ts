/** A whole project as one file: a zip of the workflow, the raw data, the results and the models, for another device or another year. */
import { zipSync, type Zippable } from 'fflate';
import { Hasher } from '../../src/core/key.js';
import { Problem } from '../../src/core/problem.js';
import { openWorkflow, type Workflow } from '../../src/core/workflow.js';
import { BadZip, openZip, type Limits } from './zip.js';

/** Anything JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface ProjectParts {
  readonly name: string;
  readonly workflow: unknown;
  /** What else the project remembers: looks at the holdout, registered models, files watched. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly raw: { readonly name: string; readonly bytes: Uint8Array } | null;
  /** Runs and evaluations by key. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Model files by key. */
  readonly artifacts: Readonly<Record<string, Uint8Array>>;
}

const FORMAT = 'tablework/project';
const LATEST = 1;
const LIMITS: Limits = { entries: 20_000, bytes: 2e9, ratio: 300, free: 5e7 };
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** The same bytes for the same parts: no clock goes in (a zip's dates are local time). Raw data is deflated; model files, already dense, are stored. */
export function packProject(parts: ProjectParts): Uint8Array<ArrayBuffer> {
  const text = (v: unknown) => new TextEncoder().encode(JSON.stringify(v));
  const files: Zippable = {};
  const keys = (record: Readonly<Record<string, unknown>>) => {
    for (const key of Object.keys(record)) if (!KEY.test(key)) throw new Error(`“${key}” cannot be the name of a file`);
    return Object.keys(record).sort();
  };
  files['project.json'] = text({
    format: FORMAT,
    version: LATEST,
    name: parts.name,
    raw: parts.raw && { name: parts.raw.name },
    record: parts.record,
  });
  files['workflow.json'] = text(parts.workflow);
  if (parts.raw) files['data/raw'] = parts.raw.bytes;
  for (const key of keys(parts.results)) files[`results/${key}.json`] = text(parts.results[key]);
  for (const key of keys(parts.artifacts)) files[`models/${key}.safetensors`] = [parts.artifacts[key]!, { level: 0 }];
  return zipSync(files, { level: 6, mtime: new Date(1981, 0, 1) }) as Uint8Array<ArrayBuffer>;
}

/** The parts of a project file. Refuses whatever is not one; what the parts hold is for their own readers to check. */
export function unpackProject(bytes: Uint8Array): ProjectParts {
  const no = (why: string) => new Problem('project/broken', { why });
  let files: Map<string, Uint8Array>;
  try {
    files = openZip(bytes, LIMITS);
  } catch (e) {
    throw e instanceof BadZip ? no(e.message) : e;
  }
  const json = (name: string): unknown => {
    const file = files.get(name);
    if (!file) throw no(`“${name}” is missing`);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file)) as unknown;
    } catch {
      throw no(`“${name}” cannot be read`);
    }
  };
  const head = json('project.json');
  if (!isRecord(head) || head.format !== FORMAT) throw no('it does not say that it is a project');
  if (typeof head.version !== 'number' || !Number.isInteger(head.version) || head.version < 1) throw no('its version is not a number');
  if (head.version > LATEST) throw no(`a newer Tablework made it (format ${head.version}; this one reads up to ${LATEST})`);
  if (typeof head.name !== 'string' || head.name.length > 1000) throw no('its name is not text');
  if (!isRecord(head.record)) throw no('its record is not an object');
  const workflow = json('workflow.json');
  if (!isRecord(workflow)) throw no('its workflow is not an object');

  let raw: ProjectParts['raw'] = null;
  if (head.raw !== null) {
    if (!isRecord(head.raw) || typeof head.raw.name !== 'string' || head.raw.name.length > 1000) throw no('its data has no name');
    const data = files.get('data/raw');
    if (!data) throw no('its data is missing');
    raw = { name: head.raw.name, bytes: data };
  }
  const results: [string, unknown][] = [];
  const artifacts: [string, Uint8Array][] = [];
  for (const [name, file] of files) {
    const [folder, leaf, ...more] = name.split('/');
    if (name === 'project.json' || name === 'workflow.json' || (name === 'data/raw' && raw)) continue;
    const ending = folder === 'results' ? '.json' : folder === 'models' ? '.safetensors' : null;
    const key = ending && leaf?.endsWith(ending) ? leaf.slice(0, -ending.length) : '';
    if (more.length || !KEY.test(key)) throw no(`“${name}” has no place in a project`);
    if (folder === 'results') results.push([key, json(name)]);
    else artifacts.push([key, file]);
  }
  return {
    name: head.name,
    workflow,
    record: head.record,
    raw,
    results: Object.fromEntries(results),
    artifacts: Object.fromEntries(artifacts),
  };
}

/** The parts of a project file with its workflow checked, and checked to be about the data that is in the file. */
export function openProject(bytes: Uint8Array): ProjectParts & { readonly workflow: Workflow } {
  const parts = unpackProject(bytes);
  const workflow = openWorkflow(parts.workflow);
  if (parts.raw && workflow.source && new Hasher().update(parts.raw.bytes).digest() !== workflow.source.fingerprint)
    throw new Problem('project/broken', { why: 'its data is not the data that its workflow was made from' });
  return { ...parts, workflow };
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
