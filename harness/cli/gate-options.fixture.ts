import { type GateOptions, PROFILES } from './gate-options.ts';

/** A gate, or a run, of small bounds that saves nothing: what tests change is what they are about. */
export const SMALL_GATE: GateOptions = {
  models: [],
  properties: [],
  runs: 20,
  timeMs: null,
  seed: 1,
  opsMax: 4,
  stepsMax: 1_000,
  schedulesMax: 2_000,
  strategy: 'portfolio',
  jobs: 1,
  shard: { index: 1, count: 1 },
  reporters: [{ name: 'text', file: null }],
  corpus: 'unused',
  save: false,
  bail: false,
  quiet: true,
  profile: PROFILES.find(({ name }) => name === 'quick')!,
  changed: null,
  all: false,
  bisecting: false,
};
