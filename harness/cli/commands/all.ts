/** The commands, in the order in which `--help` lists them. */
import { addB4Check } from './b4-check.ts';
import { addBisect } from './bisect.ts';
import type { AddCommand } from './command.ts';
import { addCoverage } from './coverage.ts';
import { addDiff } from './diff.ts';
import { addExec } from './exec.ts';
import { addGate } from './gate.ts';
import { addList } from './list.ts';
import { addMerge } from './merge.ts';
import { addMutate } from './mutate.ts';
import { addReplay } from './replay.ts';
import { addReport } from './report.ts';
import { addRun } from './run.ts';
import { addShow } from './show.ts';
import { addVerify } from './verify.ts';
import { addWatch } from './watch.ts';

export const COMMANDS: { readonly [name: string]: AddCommand } = {
  run: addRun,
  gate: addGate,
  exec: addExec,
  replay: addReplay,
  verify: addVerify,
  diff: addDiff,
  bisect: addBisect,
  mutate: addMutate,
  coverage: addCoverage,
  show: addShow,
  report: addReport,
  watch: addWatch,
  'b4-check': addB4Check,
  merge: addMerge,
  list: addList,
};
