import { renderBisect } from '../../reports/bisect.ts';
import { bisectJson } from '../../reports/bisect-json.ts';
import { undecidedBetween } from '../campaign/bisect.ts';
import { type BisectSearch, bisectReport } from './bisect-report.ts';
import { ExitCode } from './exit.ts';
import { makePool } from './pool.ts';
import { seriesModules } from './registry.ts';
import type { RunParts } from './run.ts';
import { exitCodeOfSignal } from './stopping.ts';
import type { Terminal } from './terminal.ts';

export interface BisectOptions extends BisectSearch {
  /** Whether the exit code is for `git bisect run`, which takes 0 for good. */
  readonly isForGit: boolean;
  readonly json: boolean;
}

/** Every state between none of a version's patches and all of them, against every claim. */
export async function bisect(
  options: BisectOptions,
  terminal: Terminal,
  parts: RunParts = { modules: seriesModules(), makePool },
): Promise<ExitCode> {
  const quiet = options.quiet || options.json;
  const { report, signal } = await bisectReport({ ...options, quiet }, terminal, parts);
  const { between, states, left, cut } = report;
  terminal.print(
    options.json ? `${JSON.stringify(bisectJson(report), null, 2)}\n` : renderBisect(report, terminal),
  );
  if (signal !== null) return exitCodeOfSignal(signal);
  if (between.some(({ isKnown }) => isKnown)) return ExitCode.violated;
  // Of all claims some are always inconclusive; what was asked for is not to be.
  const asked = options.properties.length > 0 ? undecidedBetween(states) : [];
  const isUndecided = left > 0 || cut !== null || between.length > 0 || asked.length > 0;
  if (options.isForGit && isUndecided) return ExitCode.cannotSay;
  return between.length > 0 ? ExitCode.violated : ExitCode.asClaimed;
}
