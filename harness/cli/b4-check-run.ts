import { dirname, join, relative } from 'node:path';
import { type B4Check, b4Check } from '../../reports/b4-check.ts';
import { stateName } from '../../reports/state-name.ts';
import type { SearchOptions } from '../campaign/chunk.ts';
import { brokenClaims, type Findings, mendedClaims } from './b4-check-findings.ts';
import type { B4CheckOptions } from './b4-check-options.ts';
import type { CheckPlan } from './b4-check-plan.ts';
import { probe } from './b4-check-search.ts';
import { DEFAULTS } from './defaults.ts';
import { ownCorpus } from './own-corpus.ts';
import type { RunParts } from './run.ts';
import { selectProperties } from './select.ts';
import { type StoredFailure, storedFailures } from './stored-failures.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** A check that can be run. */
export interface PlannedCheck {
  readonly plan: CheckPlan;
  /** How it came to this plan, in a sentence. */
  readonly recognised: string;
  /** Where the mail or its thread is archived. */
  readonly url: string | null;
}

/** Searches the states of a plan, and says what breaks with its patches and not without them. Writes nothing. */
export async function runCheck(
  { plan, recognised, url }: PlannedCheck,
  { corpus: given, runs, seed, timeMs, jobs }: B4CheckOptions,
  terminal: Terminal,
  { modules, makePool }: RunParts,
  isStopped: () => boolean,
): Promise<B4Check> {
  const { after, before } = plan;
  const options: SearchOptions = {
    seed,
    strategy: DEFAULTS.strategy,
    opsMax: Number(DEFAULTS.maxOps),
    stepsMax: Number(DEFAULTS.maxSteps),
    schedulesMax: Number(DEFAULTS.runSchedules),
    properties: selectProperties([plan.series], []),
  };
  const corpus = given ?? ownCorpus();
  // Paths of the own corpus are told as whoever stands in the folder of the tool types them.
  const shownBelow = given === null ? dirname(corpus) : null;
  const stored = nearestFirst(
    storedFailures([plan.series], join(corpus, plan.series.name), terminal),
    after.id,
  ).map((one) => (shownBelow === null ? one : { ...one, path: relative(shownBelow, one.path) }));
  const deadline = timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + timeMs;
  const budget = { runs, isOver: () => isStopped() || terminal.now() > deadline };

  const pool = await makePool(jobs, modules);
  try {
    const ends = before === null ? [after] : [after, before];
    const [withIt, withoutIt = null] = await probe(pool, ends, options, stored, budget);
    const onTheWay = plan.between.map(({ model }) => model);
    const between = await probe(pool, onTheWay, options, stored, budget);
    const findings: Findings = {
      pool,
      plan,
      options,
      runs,
      stored,
      after: withIt!,
      before: withoutIt,
      between,
    };
    const { verdicts, coverage } = withIt!.result;
    return b4Check({
      version: VERSION,
      after: stateName(after),
      before: before === null ? null : stateName(before),
      recognised,
      url,
      patches: plan.patches,
      broken: await brokenClaims(findings),
      mended: await mendedClaims(findings),
      open: verdicts.flatMap(({ property, verdict, exercised, reason }) =>
        verdict === 'inconclusive' && exercised > 0 ? [{ property, reason: reason ?? '' }] : [],
      ),
      covered: {
        claims: verdicts.length,
        exercised: verdicts.filter(({ exercised }) => exercised > 0).length,
        stored: stored.length,
        executions: coverage.executions,
        sequences: coverage.sequences,
        isCutShort: [withIt, withoutIt, ...between].some((one) => one?.result.stopped === 'time'),
      },
    });
  } finally {
    await pool.close();
  }
}

/** Those of the state first, then those of its version: each of them is a scenario that any state can execute. */
function nearestFirst(stored: readonly StoredFailure[], id: string): StoredFailure[] {
  const version = id.split(':', 1)[0];
  const nearness = ({ model }: StoredFailure): number => (model === id ? 0 : model === version ? 1 : 2);
  return stored.toSorted((a, b) => nearness(a) - nearness(b));
}
