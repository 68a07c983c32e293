import type { BisectReport } from '../../reports/bisect.ts';
import {
  type BisectState,
  type BisectVerdict,
  brokenBetween,
  selectionTurns,
  turnsOf,
} from '../campaign/bisect.ts';
import type { SearchOptions } from '../campaign/chunk.ts';
import type { VerifyResult } from '../campaign/exhausted.ts';
import { mergeResult } from '../campaign/merge.ts';
import { KNOWN_CHUNK } from '../campaign/opening.ts';
import type { Verdict } from '../campaign/result.ts';
import type { Model } from '../model/model.ts';
import { boundsOf, typicalInWords } from './bounds.ts';
import { knownFailures } from './known-failures.ts';
import type { Pool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries } from './registry.ts';
import type { RunParts } from './run.ts';
import { selectModel, selectProperties } from './select.ts';
import { selectionState, selectionsOf, versionOf, type Ways } from './selections.ts';
import { listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';
import { verifyModel } from './verify-model.ts';

/** What is looked at, and how hard. */
export interface BisectSearch {
  readonly version: string;
  readonly ways: Ways;
  readonly properties: readonly string[];
  /** Operations that scenarios have at most. */
  readonly opsMax: number;
  /** Small worlds; null for all. */
  readonly worlds: readonly string[] | null;
  readonly schedulesMax: number;
  readonly stepsMax: number;
  readonly timeMs: number | null;
  readonly jobs: number;
  readonly corpus: string;
  /** No progress. */
  readonly quiet: boolean;
}

/** Looks at every state between none of a version's patches and all of them, against every claim. `signal`: what stopped it. */
export async function bisectReport(
  options: BisectSearch,
  terminal: Terminal,
  { modules, makePool: openPool }: RunParts,
): Promise<{ readonly report: BisectReport; readonly signal: NodeJS.Signals | null }> {
  const series = await loadSeries(modules);
  const version = versionOf(series, selectModel(series, options.version));
  const properties = selectProperties(series, options.properties);
  const selections = selectionsOf(options.version, version.patches.length, options.ways);
  const listed = selections.map((selection) => ({ selection, ...selectionState(version, selection) }));
  const worlds = worldsOf(listed, options.worlds);
  // Counterexamples of any state of the series are tried on all: what breaks `pre` mostly breaks the first prefix.
  const { states: others } = version.series;
  const stored = new Map(
    [...others.map(({ id }) => version.series.model(id)), ...listed.map(({ model }) => model)].flatMap(
      (model): [string, Model][] => (model === null ? [] : [[model.id, model]]),
    ),
  );
  const known = [...stored.values()].flatMap((model) =>
    knownFailures(series, options.corpus, model, properties, terminal),
  );

  const stopping = listenForStop(terminal, 'what was looked at so far is reported.');
  const deadline = options.timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + options.timeMs;
  const progress = makeProgress(process.stderr, {
    quiet: options.quiet,
    plain: !terminal.interactive,
  });
  const pool = await openPool(options.jobs, modules);
  const budget = {
    timeLeftMs: () => deadline - terminal.now(),
    interrupted: () => stopping.signal !== null,
  };
  const states: BisectState[] = [];
  let cut: string | null = null;
  try {
    for (const { id, model, problem, selection } of listed) {
      const last = selection.at(-1);
      const patch = options.ways === 'prefixes' && last !== undefined ? version.patches[last - 1]! : null;
      if (model === null) {
        states.push({ id, selection, patch, model, problem, verdicts: new Map() });
        continue;
      }
      if (stopping.signal !== null || terminal.now() > deadline) break;
      const replayed = await replayKnown(pool, model, options, properties, known);
      const { opsMax, schedulesMax, stepsMax } = options;
      const explored = await verifyModel(
        pool,
        model,
        boundsOf(
          model,
          opsMax,
          worlds.filter((id) => model.smallWorlds.includes(id)),
        ),
        { stepsMax, schedulesMax, preemptionsMax: null, properties },
        budget,
        progress,
      );
      states.push({ id, selection, patch, model, problem, verdicts: verdictsOf(explored, replayed) });
      if (explored.stopped !== null) {
        cut = id;
        break;
      }
    }
  } finally {
    stopping.end();
    await pool.close();
  }
  // Without the last state nobody knows what is broken only on the way to it.
  const isWhole = cut === null && states.length === listed.length;
  const between = isWhole ? brokenBetween(states) : [];
  const claims = [...new Set(states.flatMap(({ verdicts }) => [...verdicts.keys()]))];
  const turns = claims.flatMap((claim) =>
    options.ways === 'prefixes'
      ? turnsOf(states, claim)
      : selectionTurns(states, claim, options.ways === 'orders'),
  );
  const whole = selectModel(series, options.version);
  const report: BisectReport = {
    version: whole,
    between,
    turns,
    patches: version.patches,
    ways: options.ways,
    states,
    left: listed.length - states.length,
    cut,
    bound: {
      opsMax: options.opsMax,
      about: typicalInWords(whole, boundsOf(whole, options.opsMax, [])),
      worlds: worlds.length,
      schedulesMax: options.schedulesMax,
      known: known.length,
    },
  };
  return { report, signal: stopping.signal };
}

/** Small worlds that mean something on one of the states. @throws {@link UsageError} for one that is none of theirs. */
function worldsOf(
  listed: readonly { readonly model: Model | null }[],
  wanted: readonly string[] | null,
): readonly string[] {
  const models = listed.flatMap(({ model }) => (model === null ? [] : [model]));
  const known = [...new Set(models.flatMap(({ smallWorlds }) => smallWorlds))];
  // The last is the whole version, which its user names.
  boundsOf({ ...models.at(-1)!, smallWorlds: known }, 0, wanted);
  return wanted ?? known;
}

/** Claims that a stored counterexample of any of the states breaks on this one. */
async function replayKnown(
  pool: Pool,
  model: Model,
  { stepsMax, schedulesMax, opsMax }: BisectSearch,
  properties: readonly string[],
  known: ReturnType<typeof knownFailures>,
): Promise<Verdict[]> {
  if (known.length === 0) return [];
  const options: SearchOptions = {
    seed: 1,
    strategy: 'portfolio',
    opsMax,
    stepsMax,
    schedulesMax,
    properties,
  };
  const job = { kind: 'chunk', model: model.id, options, chunk: KNOWN_CHUNK } as const;
  const chunk = await pool.chunk({ ...job, sequences: known.length, known });
  return [...mergeResult(model, options, [chunk], [], null).verdicts];
}

function verdictsOf(
  { verdicts, facts, exhaustive }: VerifyResult,
  replayed: readonly Verdict[],
): Map<string, BisectVerdict> {
  const broken = new Set(
    [...verdicts, ...facts, ...replayed]
      .filter(({ verdict }) => verdict === 'violated')
      .map(({ property }) => property),
  );
  const of = ({ property, verdict }: Pick<Verdict, 'property' | 'verdict'>): BisectVerdict =>
    broken.has(property)
      ? 'violated'
      : verdict === 'inconclusive'
        ? 'inconclusive'
        : exhaustive
          ? 'proved'
          : 'searched';
  return new Map<string, BisectVerdict>([
    ...verdicts.map((one): [string, BisectVerdict] => [one.property, of(one)]),
    ...facts.map(({ property, verdict }): [string, BisectVerdict] => [
      property,
      verdict === 'violated' ? 'violated' : 'proved',
    ]),
  ]);
}
