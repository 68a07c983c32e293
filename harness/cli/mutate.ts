import { type MutantsReport, renderMutants } from '../../reports/mutants.ts';
import { mutantsJson } from '../../reports/mutants-json.ts';
import type { ChunkResult, SearchOptions } from '../campaign/chunk.ts';
import { chunksOf } from '../campaign/chunk-size.ts';
import { failuresOf, judgeMutant, type Mutant, scoreOf } from '../campaign/mutation-score.ts';
import { mutationsOf } from '../campaign/mutations.ts';
import { SMALL_CHUNK } from '../campaign/opening.ts';
import type { Model } from '../model/model.ts';
import { type Mutation, mutationName } from '../model/mutation.ts';
import type { Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { ExitCode, UsageError } from './exit.ts';
import { makePool, type Pool } from './pool.ts';
import { makeProgress } from './progress.ts';
import { loadSeries, seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';
import { selectModels } from './select.ts';
import { exitCodeOfSignal, listenForStop } from './stopping.ts';
import type { Terminal } from './terminal.ts';

export interface MutateOptions {
  readonly models: readonly string[];
  readonly seed: number;
  /** Generated sequences that a mutant has to survive. */
  readonly runs: number;
  readonly opsMax: number;
  readonly stepsMax: number;
  readonly timeMs: number | null;
  readonly jobs: number;
  /** Share of mutants, in percent, that claims have to catch. */
  readonly scoreMin: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Most are caught at once: a short search first, the whole one for those that survive it. */
const FIRST_LOOK = { openingEvery: 8, runs: 50 } as const;

/** Weakens states systematically, and says which of the weaker ones no claim can tell from the state. */
export async function mutate(
  options: MutateOptions,
  terminal: Terminal,
  { modules, makePool: openPool }: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  const series = await loadSeries(modules);
  const models = selectModels(series, options.models);
  const twice = models.find(({ id }) => id.includes('~'));
  if (twice !== undefined) {
    throw new UsageError(
      `${quote(twice.id)} is weakened already: name the state, and see what else could be.`,
    );
  }
  const stopping = listenForStop(terminal, 'what was tried so far is reported.');
  const deadline = options.timeMs === null ? Number.POSITIVE_INFINITY : terminal.now() + options.timeMs;
  const isOver = (): boolean => stopping.signal !== null || terminal.now() > deadline;
  const progress = makeProgress(process.stderr, {
    quiet: options.quiet || options.json,
    plain: !terminal.interactive,
  });
  const pool = await openPool(options.jobs, modules);
  const reports: MutantsReport[] = [];
  const listed = new Set<string>();
  try {
    for (const model of models) {
      const mutations = mutationsOf(model);
      progress.start(model.id, mutations.length);
      const own = series.find(({ name }) => name === model.series.name)!;
      const unmutated = isOver()
        ? new Set<string>()
        : failuresOf(await searched(pool, model.id, options, model, 1, options.runs));
      const fates = new Map<Mutation, Mutant>();
      const queue = mutations.values();
      const worker = async (): Promise<void> => {
        for (const mutation of queue) {
          if (isOver()) return;
          fates.set(mutation, await fateOf(pool, own, model, mutation, options, unmutated));
          progress.advance(fates.size, '');
        }
      };
      await Promise.all(Array.from({ length: pool.size }, worker));
      progress.stop();
      const mutants = mutations.flatMap((mutation) => fates.get(mutation) ?? []);
      const { survivors } = own;
      for (const name of survivors.flatMap(({ mutations: names }) => names)) listed.add(name);
      reports.push({
        model,
        mutants,
        score: scoreOf(mutants),
        left: mutations.length - mutants.length,
        reasons: new Map(
          mutants
            .filter(({ fate }) => fate === 'survived')
            .flatMap(({ name }): [string, string][] => {
              const reason = survivors.find(({ mutations: names }) => names.includes(name))?.reason;
              return reason === undefined ? [] : [[name, reason]];
            }),
        ),
      });
    }
  } finally {
    stopping.end();
    await pool.close();
  }
  terminal.print(
    options.json
      ? `${JSON.stringify(mutantsJson(reports, needless(reports, listed)), null, 2)}\n`
      : renderMutants(reports, needless(reports, listed), options, terminal),
  );
  if (stopping.signal !== null) return exitCodeOfSignal(stopping.signal);
  if (reports.every(({ mutants, left }) => mutants.length === 0 && left > 0)) return ExitCode.nothingRan;
  const { scoreMin } = options;
  // Of mutants that nobody tried, nobody knows.
  const isLow = reports.some(
    ({ score, left }) => score.caught * 100 < score.of * scoreMin || (scoreMin > 0 && left > 0),
  );
  return isLow ? ExitCode.violated : ExitCode.asClaimed;
}

/** Listed as survivors, though claims catch them wherever they were tried. */
function needless(reports: readonly MutantsReport[], listed: ReadonlySet<string>): string[] {
  const all = reports.flatMap(({ mutants }) => mutants);
  const named = (fates: readonly Mutant['fate'][]): Set<string> =>
    new Set(all.filter(({ fate }) => fates.includes(fate)).map(({ name }) => name));
  const caught = named(['killed', 'hung']);
  const survived = named(['survived']);
  return [...listed].filter((name) => caught.has(name) && !survived.has(name));
}

async function fateOf(
  pool: Pool,
  series: Series,
  model: Model,
  mutation: Mutation,
  options: MutateOptions,
  unmutated: ReadonlySet<string>,
): Promise<Mutant> {
  const name = mutationName(mutation);
  const id = `${series.name}/${model.state.id}~${name}`;
  try {
    const first = await searched(pool, id, options, model, FIRST_LOOK.openingEvery, FIRST_LOOK.runs);
    const mutant = judgeMutant(mutation, first, unmutated);
    if (mutant.fate !== 'survived') return mutant;
    return judgeMutant(mutation, await searched(pool, id, options, model, 1, options.runs), unmutated);
  } catch {
    // Whatever the model throws: it does what no kernel survives.
    return { mutation, name, fate: 'crashed', by: [] };
  }
}

async function searched(
  pool: Pool,
  id: string,
  { seed, opsMax, stepsMax }: MutateOptions,
  { properties }: Model,
  openingEvery: number,
  runs: number,
): Promise<ChunkResult[]> {
  const options: SearchOptions = {
    seed,
    strategy: 'portfolio',
    opsMax,
    stepsMax,
    schedulesMax: 1_000,
    properties: properties.map((property) => property.id),
    openingEvery,
  };
  const job = { kind: 'chunk', model: id, options } as const;
  const chunks = [await pool.chunk({ ...job, chunk: SMALL_CHUNK, sequences: Number.MAX_SAFE_INTEGER })];
  for (const piece of chunksOf(runs)) chunks.push(await pool.chunk({ ...job, ...piece }));
  return chunks;
}
