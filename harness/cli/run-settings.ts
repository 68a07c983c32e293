import type { RunSettings } from '../../reports/run-json.ts';
import type { RunOptions } from './run.ts';
import { VERSION } from './version.ts';

/** What a report says of how it came about. */
export function settingsOf({
  seed,
  shard,
  runs,
  strategy,
  opsMax,
  stepsMax,
  schedulesMax,
}: RunOptions): RunSettings {
  return {
    version: VERSION,
    seed,
    shard: `${shard.index}/${shard.count}`,
    runs,
    strategy,
    maxOps: opsMax,
    maxSteps: stepsMax,
    maxSchedules: schedulesMax,
  };
}
