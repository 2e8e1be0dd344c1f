/** The ten steps in the order of the rail: what each asks, and its screen, loaded when first opened. */
import type { Component } from 'svelte';
import type { StageId } from '../core/workflow.js';

export interface Stage {
  readonly id: StageId;
  readonly title: string;
  /** Has a main action of its own; in the others, going on is the main action. */
  readonly acts?: true;
  /** The question the step answers, under its title. */
  readonly question: string;
  readonly screen: () => Promise<{ default: Component }>;
}

export const stages: readonly Stage[] = [
  {
    id: 'problem',
    acts: true,
    title: 'Problem',
    question: 'What do you want to predict, and what would be good enough?',
    screen: () => import('./problem/Screen.svelte'),
  },
  {
    id: 'data',
    title: 'Data',
    question: 'What is in the file, and was it read as you meant it?',
    screen: () => import('./data/Screen.svelte'),
  },
  {
    id: 'clean',
    title: 'Clean',
    question: 'What is wrong with the data, and what should be done about it?',
    screen: () => import('./clean/Screen.svelte'),
  },
  {
    id: 'explore',
    title: 'Explore',
    question: 'What do the columns look like, and how do they go with the target?',
    screen: () => import('./explore/Screen.svelte'),
  },
  { id: 'features', title: 'Features', question: 'What should the model see?', screen: () => import('./features/Screen.svelte') },
  {
    id: 'train',
    acts: true,
    title: 'Train',
    question: 'Which kind of model learns this best?',
    screen: () => import('./train/Screen.svelte'),
  },
  { id: 'tune', acts: true, title: 'Tune', question: 'Which settings make it better?', screen: () => import('./tune/Screen.svelte') },
  {
    id: 'evaluate',
    acts: true,
    title: 'Evaluate',
    question: 'How good is it on rows it has never seen?',
    screen: () => import('./evaluate/Screen.svelte'),
  },
  { id: 'deploy', acts: true, title: 'Deploy', question: 'How is it taken away and used?', screen: () => import('./deploy/Screen.svelte') },
  {
    id: 'monitor',
    acts: true,
    title: 'Monitor',
    question: 'Is new data still like the data it learnt from?',
    screen: () => import('./monitor/Screen.svelte'),
  },
];
