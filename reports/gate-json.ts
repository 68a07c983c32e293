import type { GateCell } from '../harness/campaign/gate.ts';
import type { ModelResult } from '../harness/campaign/result.ts';
import type { ExpectedVerdict } from '../harness/model/expectation.ts';
import type { Source } from '../harness/model/source.ts';
import type { GateReport } from './gate.ts';
import { coverageJson, type RunSettings } from './run-json.ts';
import { type Provenance, provenanceOf } from './state-name.ts';

interface GateVerdictJson extends Pick<GateCell, 'property' | 'found' | 'problem' | 'standing'> {
  readonly expected: ExpectedVerdict;
  /** Executions in which the claim's precondition happened; absent where cited facts decide. */
  readonly exercised?: number;
  readonly reason?: string;
  readonly source?: Source;
  readonly expires?: string;
}

export interface GateJson extends RunSettings {
  readonly format: 1;
  readonly tool: 'zpci-fuzz';
  readonly profile: string;
  /** Whether every verdict is as expected and nothing hung; not where nothing was looked at. */
  readonly ok: boolean;
  /** Models that were not looked at, or not to the end. */
  readonly left: number;
  readonly models: readonly {
    readonly model: string;
    readonly provenance: Provenance;
    /** Why the search was not done to its end; then only what it broke until then is among the verdicts. */
    readonly stopped: ModelResult['stopped'];
    readonly verdicts: readonly GateVerdictJson[];
    readonly coverage: ReturnType<typeof coverageJson>;
    readonly hangs: number;
  }[];
}

/** What `gate --json` prints, key by key. */
export function gateJson({ settings, profile, entries, left }: GateReport): GateJson {
  const { version, seed, shard, runs, strategy, maxOps, maxSteps, maxSchedules } = settings;
  return {
    format: 1,
    tool: 'zpci-fuzz',
    version,
    seed,
    shard,
    runs,
    strategy,
    maxOps,
    maxSteps,
    maxSchedules,
    profile,
    ok:
      entries.length > 0 &&
      entries.every(
        ({ cells, result }) => result.hangs.length === 0 && cells.every(({ problem }) => problem === null),
      ),
    left,
    models: entries.map(({ model, cells, result }) => ({
      model: model.id,
      provenance: provenanceOf(model.state.source),
      stopped: result.stopped,
      verdicts: cells.map((cell) => {
        const exercised = result.verdicts.find(({ property }) => property === cell.property)?.exercised;
        return verdictOf(cell, exercised);
      }),
      coverage: coverageJson(result.coverage),
      hangs: result.hangs.length,
    })),
  };
}

function verdictOf(
  { property, expected, found, problem, standing, expectation }: GateCell,
  exercised: number | undefined,
): GateVerdictJson {
  return {
    property,
    expected,
    found,
    problem,
    standing,
    ...(exercised === undefined ? {} : { exercised }),
    ...(expectation === null ? {} : { reason: expectation.reason, source: expectation.source }),
    ...(expectation?.expires === undefined ? {} : { expires: expectation.expires }),
  };
}
