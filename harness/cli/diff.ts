import { count, thousands } from '../../reports/count.ts';
import { CHANGES_SHOWN_MAX, type DiffReport, renderDiff, type ShownGroup } from '../../reports/diff.ts';
import { diffJson } from '../../reports/diff-json.ts';
import { type ChangeGroup, changeGroups } from '../campaign/change-groups.ts';
import { type CompareChunk, comparedOf, OF_A_WORLD } from '../campaign/compare.ts';
import { mergeClasses, pairPatches } from '../campaign/diff-result.ts';
import { EXHAUST_CHUNK } from '../campaign/exhaust.ts';
import type { Model } from '../model/model.ts';
import type { Bound } from '../scenario/small-scenarios.ts';
import { boundsOf, typicalInWords } from './bounds.ts';
import { ExitCode, UsageError } from './exit.ts';
import type { ChangeJob } from './job.ts';
import { makePool, type Pool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries, seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';
import { selectModel } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';

export interface DiffOptions {
  /** Names of the two states. */
  readonly states: readonly [string, string];
  /** Operations that scenarios have at most. */
  readonly opsMax: number;
  /** Small worlds to compare on; null for all. */
  readonly worlds: readonly string[] | null;
  /** Schedules after which a scenario counts as not comparable. */
  readonly schedulesMax: number;
  readonly stepsMax: number;
  readonly timeMs: number | null;
  readonly jobs: number;
  /** Whether a difference is told by exit code 1, as `git diff --exit-code` does. */
  readonly exitCode: boolean;
  /** Whether the text has all changes, however many. */
  readonly all: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What two states of a series do differently, as far as user space and the device can see. */
export async function diff(
  options: DiffOptions,
  terminal: Terminal,
  { modules, makePool: openPool }: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  const series = await loadSeries(modules);
  const [a, b] = options.states.map((name) => selectModel(series, name)) as [Model, Model];
  if (a.series.name !== b.series.name) {
    throw new UsageError(
      `${a.id} and ${b.id} are of two series, whose operations differ; diff compares states of one.`,
    );
  }
  const { stepsMax, schedulesMax } = options;
  const limits = { stepsMax, schedulesMax };
  const shared = options.worlds ?? a.smallWorlds.filter((id) => b.smallWorlds.includes(id));
  const isSame = isSameState(a, b);
  // Also where nothing is compared: a small world that there is not is an error.
  const known = boundsOf(a, options.opsMax, shared);
  const bounds = isSame ? [] : known;

  const stopping = listenForStop(terminal, 'what was compared so far is reported.');
  const deadline = options.timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + options.timeMs;
  const isOver = (): boolean => stopping.signal !== null || terminal.now() > deadline;
  const progress = makeProgress(process.stderr, {
    quiet: options.quiet || options.json,
    plain: !terminal.interactive,
  });
  const pool = await openPool(options.jobs, modules);
  try {
    const compared: { bound: Bound; of: number; chunks: CompareChunk[] }[] = [];
    for (const bound of bounds) {
      const of = comparedOf(a, bound).length;
      const chunks = new Map<number, CompareChunk>();
      progress.start(`bound ${compared.length + 1} of ${bounds.length}`, of);
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let from = next; from < of && !isOver(); from = next) {
          next += EXHAUST_CHUNK;
          const to = Math.min(of, from + EXHAUST_CHUNK);
          chunks.set(
            from,
            await pool.compare({
              kind: 'compare',
              model: a.id,
              other: b.id,
              bound,
              options: limits,
              from,
              to,
            }),
          );
          const done = Math.min(of, chunks.size * EXHAUST_CHUNK);
          progress.advance(done, `${count(done, 'scenario')} of ${thousands(of)}`);
        }
      };
      await Promise.all(Array.from({ length: pool.size }, worker));
      progress.stop();
      compared.push({ bound, of, chunks: [...chunks].sort(([x], [y]) => x - y).map(([, chunk]) => chunk) });
    }
    const found = changeGroups(compared);
    // Nobody waits for examples that are not shown.
    const examples = options.json || options.all ? found.length : options.quiet ? 0 : CHANGES_SHOWN_MAX;
    const groups = await withExamples(pool, found, examples, isOver, (group) => {
      const { changes, smallest } = group;
      return { kind: 'change', model: a.id, other: b.id, draft: smallest.draft, changes, options: limits };
    });
    const report: DiffReport = {
      first: a,
      isSame,
      second: b,
      patches: pairPatches(a, b, series.find(({ name }) => name === a.series.name)!.base),
      classes: mergeClasses(compared.flatMap(({ chunks }) => chunks)),
      groups,
      bound: {
        opsMax: options.opsMax,
        about: typicalInWords(a, bounds),
        worlds: shared,
        worldScenariosMax: OF_A_WORLD,
        schedulesMax,
      },
      left: compared.reduce((sum, { of, chunks }) => sum + of - countOf(chunks), 0),
    };
    terminal.print(
      options.json ? `${JSON.stringify(diffJson(report), null, 2)}\n` : renderDiff(report, options, terminal),
    );
    if (stopping.signal !== null) return exitCodeOfSignal(stopping.signal);
    return options.exitCode && groups.length > 0 ? ExitCode.violated : ExitCode.asClaimed;
  } finally {
    stopping.end();
    await pool.close();
  }
}

/** By whatever name: `v3` and `v3:1+2+3`. */
const isSameState = (a: Model, b: Model): boolean =>
  a.id === b.id ||
  ([a, b].every(({ state }) => !state.id.includes('~')) &&
    a.patches.length === b.patches.length &&
    a.patches.every((patch, at) => patch === b.patches[at]));

/** The first so many changes with an example each, one after the other, so that time can end it. */
async function withExamples(
  pool: Pool,
  groups: readonly ChangeGroup[],
  examples: number,
  isOver: () => boolean,
  jobOf: (group: ChangeGroup) => ChangeJob,
): Promise<ShownGroup[]> {
  const shown = groups.map((group): ShownGroup => ({ ...group, shown: null }));
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < Math.min(examples, groups.length) && !isOver(); at = next++) {
      const group = groups[at]!;
      shown[at] = { ...group, shown: await pool.change(jobOf(group)) };
    }
  };
  await Promise.all(Array.from({ length: pool.size }, worker));
  return shown;
}

const countOf = (chunks: readonly CompareChunk[]): number =>
  chunks
    .flatMap(({ classes }) => classes)
    .reduce((sum, one) => sum + one.same + one.changed + one.onlyFirst + one.onlySecond + one.unknown, 0);
