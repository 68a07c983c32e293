/** `npm run bench`: what the tool claims about its speed, each figure beside what it is compared with in one run. */
import { spawnSync } from 'node:child_process';
import { searchFigures } from './search.ts';
import { startUpFigures } from './start-up.ts';

const only = process.argv[2];
if (only === undefined || only === 'search') await searchFigures();
if (only === undefined || only === 'start-up') startUpFigures(spawnSync);
