/** The plain shapes that several parts share. */
import type { Component } from 'svelte';
import type { Params } from '../core/param.js';
import type { Kind } from '../core/table.js';

export type Tone = 'neutral' | 'accent' | 'info' | 'good' | 'warn' | 'bad';
/** A Lucide icon, or any component that takes a size. */
export type Icon = Component<{ size?: number | string; strokeWidth?: number | string; 'aria-hidden'?: 'true' }>;

export interface Option<V extends string = string> {
  readonly value: V;
  readonly label: string;
  /** A second line, or a title, in plain words. */
  readonly hint?: string;
  readonly group?: string;
  /** A reason makes the option unavailable and is shown with it. */
  readonly disabled?: boolean | string;
}
/** A model that can be a member of a combined one. */
export interface Offered {
  readonly id: string;
  readonly label: string;
  readonly params?: Params;
  /** On the short list. */
  readonly first?: boolean;
}
export interface Action {
  readonly label: string;
  readonly run: () => void;
  readonly icon?: Icon;
  readonly danger?: boolean;
  readonly disabled?: boolean;
}
export interface MenuItem extends Action {
  /** As a person would press it: 'Ctrl Z'. */
  readonly keys?: string;
  /** Draws a line above this item. */
  readonly apart?: boolean;
  readonly checked?: boolean;
}
export interface TabItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: Icon;
  readonly badge?: string | number;
}
export interface Command {
  readonly id: string;
  readonly label: string;
  readonly section: string;
  readonly keys?: string;
  /** Other words that find it. */
  readonly words?: string;
  readonly run: () => void;
}
export interface GridColumn {
  readonly name: string;
  readonly kind?: Kind;
  /** In pixels. */
  readonly width?: number;
  /** Shown when the header is pointed at. */
  readonly note?: string;
  readonly tone?: Tone;
}
export interface GridSort {
  readonly column: number;
  readonly direction: 'up' | 'down';
}
export interface TableColumn {
  readonly label: string;
  /** Right-aligned, in tabular figures; found out from the values when left out. */
  readonly numeric?: boolean;
  /** Significant digits of numbers. */
  readonly digits?: number;
  readonly format?: (value: Cell) => string;
  readonly help?: string;
}
export type Cell = string | number | boolean | null;
