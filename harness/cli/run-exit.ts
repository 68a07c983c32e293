import type { ModelResult } from '../campaign/result.ts';
import { ExitCode } from './exit.ts';

/** What a search ends with, unless a signal ended it. A model that hangs says too little of its claims to go on. */
export function exitCodeOf(results: readonly Pick<ModelResult, 'hangs' | 'verdicts' | 'facts'>[]): ExitCode {
  if (results.some(({ hangs }) => hangs.length > 0)) return ExitCode.brokenContract;
  return results.some(isViolated) ? ExitCode.violated : ExitCode.asClaimed;
}

export const isViolated = ({ verdicts, facts }: Pick<ModelResult, 'verdicts' | 'facts'>): boolean =>
  [...verdicts, ...facts].some(({ verdict }) => verdict === 'violated');
