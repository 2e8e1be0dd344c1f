/** Puts the app into the page. */
import { mount } from 'svelte';
import App from './App.svelte';
import { appearance } from './frame/appearance.svelte.js';
import { offline } from './offline.svelte.js';
import './theme.css';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no element with the id “app”');
appearance.early();
export default mount(App, { target });

// After the first picture: a first visit must not wait for eight megabytes of cache.
void offline.start();
