/** `npm run bench`: what the tool claims about its speed, each figure beside what it is compared with in one run. */
import { spawnSync } from 'node:child_process';
import { exhaustiveFigures, jobsFigures, verifyFigures } from './exhaustive.ts';
import { gateFigures } from './gate.ts';
import { mutantFigures } from './mutants.ts';
import { searchFigures } from './search.ts';
import { spinFigures } from './spin.ts';
import { startUpFigures } from './start-up.ts';
import { versionFigures } from './versions.ts';

/** Sections by their names: `npm run bench exhaustive`; all but the last without one. */
const SECTIONS: { readonly [name: string]: () => Promise<void> | void } = {
  search: searchFigures,
  'start-up': () => startUpFigures(spawnSync),
  exhaustive: exhaustiveFigures,
  verify: verifyFigures,
  jobs: jobsFigures,
  gate: () => gateFigures(spawnSync),
  versions: versionFigures,
  mutants: mutantFigures,
  spin: spinFigures,
};
const ON_REQUEST = ['spin'];

const only = process.argv[2];
const chosen = Object.keys(SECTIONS).filter((name) =>
  only === undefined ? !ON_REQUEST.includes(name) : name === only,
);
if (chosen.length === 0) throw new Error(`no section ${only}; there are ${Object.keys(SECTIONS).join(', ')}`);
for (const name of chosen) await SECTIONS[name]!();
