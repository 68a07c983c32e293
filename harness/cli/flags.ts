/** Flags that several commands have, each said once. */
import { DEFAULTS } from './defaults.ts';
import { REPORTERS } from './reporter-names.ts';

export const JSON_OUTPUT = {
  type: 'boolean',
  describe: 'one JSON document on stdout',
  default: false,
} as const;

export const MAX_STEPS = {
  type: 'string',
  describe: 'steps after which an execution is cut off',
  default: DEFAULTS.maxSteps,
} as const;

export const JOBS = {
  alias: 'j',
  type: 'string',
  describe: 'worker threads; results do not depend on it (default: one a core)',
} as const;

export const PROPERTIES = {
  type: 'string',
  array: true,
  describe: 'check only these claims; glob, repeatable',
  default: [],
} as const;

export const SCENARIO_OPS = {
  type: 'string',
  describe: 'operations that scenarios have at most, 1 to 3',
  default: '2',
} as const;

export const TIME = { type: 'string', describe: 'stop after this time: 30s, 2m' } as const;

export const SEED = { type: 'string', describe: 'decimal or 0x hex', default: '1' } as const;

export const SEQUENCE_OPS = {
  type: 'string',
  describe: 'operations a sequence has at most',
  default: DEFAULTS.maxOps,
} as const;

export const REPORTER = {
  type: 'string',
  array: true,
  describe: `${REPORTERS.join(', ')}; with =FILE to write it there; repeatable`,
  default: [],
} as const;
