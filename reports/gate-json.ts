import type { GateCell } from '../harness/campaign/gate.ts';
import type { ModelResult } from '../harness/campaign/result.ts';
import type { ExpectedVerdict } from '../harness/model/expectation.ts';
import type { Source } from '../harness/model/source.ts';
import type { GateChanges, GateReport } from './gate.ts';
import { coverageJson, type RunSettings } from './run-json.ts';
import { type Provenance, provenanceOf } from './state-name.ts';

interface GateVerdictJson extends Pick<GateCell, 'property' | 'found' | 'problem' | 'standing' | 'beside'> {
  readonly expected: ExpectedVerdict;
  /** Executions in which the claim's precondition happened; absent where cited facts decide. */
  readonly exercised?: number;
  /** Stored counterexamples to it that were tried first; absent where cited facts decide. */
  readonly stored?: number;
  /** The state that the expectation of a selection is inherited from; absent where it has its own, or none. */
  readonly inheritedFrom?: string;
  readonly reason?: string;
  readonly source?: Source;
  readonly expires?: string;
}

export interface GateJson extends RunSettings {
  readonly format: 1;
  readonly tool: 'zpci-fuzz';
  readonly profile: string;
  /** Whether every verdict is as expected, nothing hung and nothing was left. */
  readonly ok: boolean;
  /** Whether all that was asked for was searched to the end. */
  readonly complete: boolean;
  /** Models that were not looked at, or not to the end. */
  readonly left: number;
  /** With `--changed`: why these series. Null: all were asked for. */
  readonly changed: GateChanges | null;
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
export function gateJson({ settings, profile, entries, left, changes }: GateReport): GateJson {
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
      left === 0 &&
      entries.every(
        ({ cells, result }) => result.hangs.length === 0 && cells.every(({ problem }) => problem === null),
      ),
    complete: left === 0,
    left,
    changed:
      changes === null
        ? null
        : {
            since: changes.since,
            series: changes.series.map(({ name, own, shared }) => ({ name, own, shared })),
          },
    models: entries.map(({ model, cells, result, stored }) => ({
      model: model.id,
      provenance: provenanceOf(model.state.source),
      stopped: result.stopped,
      verdicts: cells.map((cell) => {
        const exercised = result.verdicts.find(({ property }) => property === cell.property)?.exercised;
        return verdictOf(cell, exercised, stored.get(cell.property) ?? 0);
      }),
      coverage: coverageJson(result.coverage),
      hangs: result.hangs.length,
    })),
  };
}

function verdictOf(
  { property, expected, found, problem, standing, beside, expectation, inheritedFrom }: GateCell,
  exercised: number | undefined,
  stored: number,
): GateVerdictJson {
  return {
    property,
    expected,
    found,
    problem,
    standing,
    beside: beside.map(({ state, broken, by }) => ({ state, broken, by })),
    ...(exercised === undefined ? {} : { exercised, stored }),
    ...(inheritedFrom === null ? {} : { inheritedFrom }),
    ...(expectation === null ? {} : { reason: expectation.reason, source: expectation.source }),
    ...(expectation?.expires === undefined ? {} : { expires: expectation.expires }),
  };
}
