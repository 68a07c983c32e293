import { render } from 'preact';
import { App } from './app.tsx';
import type { ExplorerData } from './data.ts';
import './style.css';

const data = JSON.parse(document.getElementById('data')!.textContent) as ExplorerData | null;
render(
  data === null ? (
    <p class="page">This page has no data: `zpci-fuzz report --html DIR` makes one that has.</p>
  ) : (
    <App data={data} />
  ),
  document.getElementById('app')!,
);
