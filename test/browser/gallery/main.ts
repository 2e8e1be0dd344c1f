/** Shows every part or every chart on one page: ?show=parts|charts&theme=light|dark. */
import { mount } from 'svelte';
import '../../../src/theme.css';
import ChartsGallery from './ChartsGallery.svelte';
import PartsGallery from './PartsGallery.svelte';

const asked = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = asked.get('theme') ?? 'light';
const target = document.getElementById('gallery');
if (!target) throw new Error('The page has no #gallery');
mount(asked.get('show') === 'charts' ? ChartsGallery : PartsGallery, { target });
