import type { ExitCode } from './exit.ts';
import type { GateOptions } from './gate-options.ts';
import { makePool, type Pool } from './pool.ts';
import { seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';
import type { Terminal } from './terminal.ts';

/** Holds every verdict against what is expected: what CI runs. */
export async function gate(
  options: GateOptions,
  terminal: Terminal,
  { modules, makePool: openPool }: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  const pool: Pool = await openPool(options.jobs, modules);
  try {
    const { gateAll } = await import('./gate-all.ts');
    return await gateAll(options, terminal, pool, modules);
  } finally {
    await pool.close();
  }
}
