import type { StrategyName } from '../explore/strategies.ts';
import type { ExitCode } from './exit.ts';
import { makePool, type Pool } from './pool.ts';
import { seriesModules } from './registry.ts';
import type { Reporter } from './reporter-names.ts';
import type { Terminal } from './terminal.ts';

export interface RunOptions {
  readonly models: readonly string[];
  readonly properties: readonly string[];
  /** Operation sequences a model; null: no limit but time. */
  readonly runs: number | null;
  readonly timeMs: number | null;
  readonly seed: number;
  readonly opsMax: number;
  readonly stepsMax: number;
  readonly schedulesMax: number;
  readonly strategy: StrategyName;
  readonly jobs: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly reporters: readonly Reporter[];
  readonly corpus: string;
  readonly save: boolean;
  readonly bail: boolean;
  readonly quiet: boolean;
}

/** What a run is put together from, where that is not everything there is. */
export interface RunParts {
  /** Modules of the series. */
  readonly modules: readonly string[];
  makePool(size: number, modules: readonly string[]): Promise<Pool>;
}

/** Fuzzes the selected models, saves what it found, reports. */
export async function run(
  options: RunOptions,
  terminal: Terminal,
  { modules, makePool: openPool }: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  // A worker takes as long to start as the rest of this takes to load: they do so side by side.
  const pool = await openPool(options.jobs, modules);
  try {
    const { runModels } = await import('./run-models.ts');
    return await runModels(options, terminal, pool, modules);
  } finally {
    await pool.close();
  }
}
