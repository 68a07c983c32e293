/** Suites and recordings that the tests of this folder share. */
import { NOTHING_COVERED } from '../../harness/campaign/coverage-by.ts';
import type { Recording } from '../../harness/scenario/recording.ts';
import { deadlock, everyRecording, hostile, memoryDisabled, race } from '../recordings.fixture.ts';
import type { Diagram } from './diagram.ts';
import type { Failure, Suite, SuiteReport } from './suite.ts';

const AGAIN = 'npx zpci-fuzz run --property x --no-save';
export const REPRODUCE = 'npx zpci-fuzz replay corpus/x.json';

export const diagramOf = (recording: Recording): Diagram => ({
  recording,
  violation: recording.violations[0] ?? null,
  reproduce: REPRODUCE,
});

export const failureOf = (recording: Recording): Failure => ({
  recording,
  violation: recording.violations[0]!,
  reproduce: REPRODUCE,
  entry: 'corpus/x.json',
});

/** One state with a case of each outcome. */
export function suiteOf(recording: Recording): Suite {
  const failures = [failureOf(recording)];
  const { property } = failures[0]!.violation;
  return {
    model: recording.model,
    stopped: null,
    predicted: [],
    reproduce: 'npx zpci-fuzz run --no-save',
    coverage: {
      sequences: 250,
      executions: 4_000,
      distinctSchedules: 3_000,
      steps: 90_000,
      deadlocks: 0,
      endlessByDesign: 0,
      livelocks: 0,
      stepLimits: 0,
      by: NOTHING_COVERED,
      functions: 20,
      functionsNeverReached: [],
      returns: {},
    },
    cases: [
      {
        name: property,
        claim: 'it is so',
        outcome: 'failure',
        reason: 'violated',
        failures,
        reproduce: AGAIN,
      },
      {
        name: 'holds-always',
        claim: 'it holds',
        outcome: 'pass',
        reason: '',
        failures: [],
        reproduce: AGAIN,
      },
      {
        name: 'broken-as-known',
        claim: 'it is known',
        outcome: 'expected-failure',
        reason: 'as posted',
        failures,
        reproduce: AGAIN,
      },
      {
        name: 'nothing-said',
        claim: 'it may be',
        outcome: 'skip',
        reason: 'inconclusive: never exercised',
        failures: [],
        reproduce: AGAIN,
      },
      {
        name: 'comes-back',
        claim: 'the model comes back',
        outcome: 'error',
        reason: 'it hangs',
        failures: [],
        reproduce: AGAIN,
      },
    ],
  };
}

/** Everything that a format might take for its own syntax. */
export const EXOTIC = 'wrap: end #1; <b>&amp;</b> "q" `t` {x} %%{init} @$$ | é …';

/** A recording in which it stands wherever names and texts stand. */
export function exotic(recording: Recording = memoryDisabled()): Recording {
  return {
    ...recording,
    violations: recording.violations.map((one) => ({ ...one, kind: EXOTIC, message: EXOTIC })),
    steps: recording.steps.map((step) => ({ ...step, actor: EXOTIC, function: EXOTIC, text: EXOTIC })),
  };
}

/** A state with one failure, whose message says this. */
export function saying(said: string): Suite {
  const one = suiteOf(race());
  const failure = failureOf(race());
  const failures = [{ ...failure, violation: { ...failure.violation, message: said } }];
  return { ...one, cases: [{ ...one.cases[0]!, failures, reproduce: AGAIN }] };
}

/** Many actors of one step each. */
export function crowdOf(actors: number): Recording {
  const recording = memoryDisabled();
  const steps = Array.from({ length: actors }, (_, at) => ({ ...recording.steps[0]!, actor: `crowd${at}` }));
  return { ...recording, steps };
}

/** Suites as those of one run, which left nothing out. */
export const reportOf = (suites: readonly Suite[]): SuiteReport => ({
  version: '0.1.0',
  about: 'run, seed 0x1, strategy portfolio',
  judges: 'claims',
  incomplete: null,
  suites,
});

export const SUITES = [suiteOf(race()), suiteOf(deadlock())];
export const HOSTILE = everyRecording()
  .filter(({ violations }) => violations.length > 0)
  .map((recording) => suiteOf(hostile(recording)));
