/** What a table and its columns are like: small summaries that cross the wire and are ready to draw. */
import type { Kind } from './table.js';

export interface Dialect {
  /** 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252'. */
  readonly encoding: string;
  readonly bom: boolean;
  /** ',', ';', tab, '|', or ' ' for runs of blanks. */
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  /** Lines before the header that are passed over. */
  readonly skip: number;
  readonly decimal: '.' | ',';
  readonly missing: readonly string[];
  /** Why each was chosen, in a sentence: {delimiter: '…', encoding: '…', header: '…', decimal: '…'}. */
  readonly why: Readonly<Record<string, string>>;
}

/** How the text of a column becomes values. */
export interface Reading {
  readonly kind: Kind;
  /** Numbers: the decimal mark and the thousands mark ('' for none), and a prefix or suffix to drop ('$', '%', 'kg'). */
  readonly decimal?: '.' | ',';
  readonly thousands?: '' | ',' | '.' | ' ' | "'";
  readonly prefix?: string;
  readonly suffix?: string;
  /** Times: tokens YYYY YY MM M DD D HH mm ss, e.g. 'YYYY-MM-DD', 'M/D/YY', 'DD.MM.YYYY HH:mm'. */
  readonly format?: string;
  /** Times with two-digit years: the first of the hundred years they lie in, e.g. 1969 for 1969…2068. */
  readonly pivot?: number;
  /** Texts that mean “missing” in this column, beside the dialect's. */
  readonly missing?: readonly string[];
  /** Categories and texts: spellings that are read as another, and that other. */
  readonly spellings?: Readonly<Record<string, string>>;
}

/** What a person may set; what is left out is found out. */
export interface ReadChoices {
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: boolean;
  readonly skip?: number;
  readonly decimal?: '.' | ',';
  readonly missing?: readonly string[];
  /** Readings by column name, where they differ from what was found. */
  readonly columns?: Readonly<Record<string, Partial<Reading>>>;
  /** Read at most this many data rows, spread evenly over the file. */
  readonly sample?: number;
}

export interface Issue {
  readonly code:
    | 'too-many-fields'
    | 'too-few-fields'
    | 'open-quote'
    | 'bad-encoding'
    | 'null-byte'
    | 'not-a-number'
    | 'not-a-time'
    | 'duplicate-name'
    | 'empty-name'
    | 'empty-column'
    | 'footer'
    | 'second-header';
  readonly count: number;
  /** 1-based line in the file of the first case, and up to 100 more. */
  readonly line: number;
  readonly lines: readonly number[];
  readonly example: string;
  readonly column?: string;
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface ColumnProfile {
  readonly name: string;
  readonly kind: Kind;
  /** Why this kind, in a sentence. */
  readonly why: string;
  readonly reading: Reading;
  readonly rows: number;
  readonly missing: number;
  readonly distinct: number;
  /** Numbers and times; NaN-free: null when there is no value. Quantiles are type 7, sd has n − 1. */
  readonly mean: number | null;
  readonly sd: number | null;
  readonly min: number | null;
  readonly q1: number | null;
  readonly median: number | null;
  readonly q3: number | null;
  readonly max: number | null;
  readonly skew: number | null;
  readonly zeros: number;
  readonly outliers: number;
  /** Histogram of numbers and times (≤ 30 bins). */
  readonly bins: readonly Bin[];
  /** Most frequent levels (or values of numbers with few distinct), at most 20. */
  readonly top: readonly (readonly [string, number])[];
  /** Longest text in characters; 0 for values. */
  readonly longest: number;
  /** A role that the data suggests: 'ignore' for ids, constants and free text, with the reason. */
  readonly suggestion: { readonly role: 'feature' | 'ignore'; readonly why: string };
}

export type Severity = 'low' | 'medium' | 'high';
/** Something about the data that may hurt, with the mend that is offered. */
export interface Warning {
  readonly code: string;
  readonly columns: readonly string[];
  readonly severity: Severity;
  readonly message: string;
  /** Why it matters, in a sentence. */
  readonly why: string;
  readonly count: number;
  readonly examples: readonly string[];
  /** Steps that would mend it, best first; `label` is on the button. */
  readonly fixes: readonly Fix[];
}
export interface Fix {
  readonly label: string;
  readonly step?: {
    readonly step: string;
    readonly on: readonly string[];
    readonly params: Readonly<Record<string, number | boolean | string | null>>;
  };
  /** Or: give these columns a role. */
  readonly role?: 'ignore';
  /** Or: read the columns of these names with this set besides. */
  readonly readings?: Readonly<Record<string, Partial<Reading>>>;
}

export interface Profile {
  readonly file: string;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly dialect: Dialect;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly issues: readonly Issue[];
  readonly duplicateRows: number;
  readonly readSeconds: number;
  /** Rows in the file when only a sample was read. */
  readonly sampledFrom?: number;
}
