import { type ExhaustiveOptions, type Explored, exploreAll } from '../explore/exhaustive.ts';
import { returnOrders } from '../explore/return-orders.ts';
import { compileProgram } from '../machine/execute.ts';
import type { Outcome } from '../machine/machine.ts';
import type { DeviceRecord, Model, World } from '../model/model.ts';
import type { Property } from '../model/property.ts';
import { type CallRecord, callRecords } from '../scenario/recording.ts';
import { FORMAT, type Scenario } from '../scenario/scenario.ts';
import { ScheduleSearch, SWITCHES_MAX, switchesOf } from '../scenario/schedule-search.ts';
import { judged } from './judged.ts';
import type { FailureIdentity, Verdict } from './result.ts';

/** How the schedules of a scenario are explored; plain data, so that a worker can be told. */
export interface EndsOptions extends Omit<ExhaustiveOptions, 'stop'> {
  /** Ids of the claims to check. */
  readonly properties: readonly string[];
}

/** One way in which operations can end: what `exec` prints of it. */
export interface End {
  readonly outcome: Outcome;
  readonly calls: readonly CallRecord[];
  readonly device: readonly DeviceRecord[];
}

export interface EndsViolation extends FailureIdentity {
  /** Explored schedules that break the claim. */
  readonly schedules: number;
  /** The operations with the schedule of the fewest context switches that breaks it. */
  readonly scenario: Scenario;
  readonly switches: number;
  /** Whether no schedule has fewer switches. */
  readonly isShortest: boolean;
}

/** An end with what the report says of it besides. */
export interface CountedEnd extends End {
  readonly schedules: number;
  /** Whether it waits for something that the kernel promises no end of. */
  readonly byDesign: boolean;
}

/** What all schedules of some operations lead to. */
export interface Ends {
  readonly explored: Explored;
  /** Different ends, sorted, with the number of explored schedules that lead to each. */
  readonly ends: readonly CountedEnd[];
  readonly verdicts: readonly Verdict[];
  readonly violations: readonly EndsViolation[];
  /** Whether it was ended since there were more ends than {@link ENDS_MAX}. */
  readonly tooMany: boolean;
}

/** Different ends after which an exploration is ended: nobody reads more, and a list of many more fits no memory. */
export const ENDS_MAX = 20_000;

/** Explores all schedules of a scenario's operations; its own schedule is ignored. */
export function endsOf(
  model: Model,
  scenario: Scenario,
  options: EndsOptions & Pick<ExhaustiveOptions, 'stop'>,
): Ends {
  const { stepsMax } = options;
  const program = compileProgram(model, scenario.world ?? {}, scenario.ops);
  const buffer = new Uint8Array(stepsMax);
  const properties = model.properties.filter(({ id }) => options.properties.includes(id));
  const exercised = properties.map(() => 0);
  const ends = new Map<string, { end: End; schedules: number; byDesign: boolean }>();
  const broken = new Map<string, Broken>();
  let ordersLeftOut = false;
  const stop = (): boolean => ends.size > ENDS_MAX || options.stop?.() === true;
  const explored = exploreAll(program, buffer, { ...options, stop }, ({ machine, world, outcome }, order) => {
    const byDesign = outcome === 'deadlock' && machine.waitsByDesign;
    const orders = order === null ? [machine.returned] : returnOrders(machine.returned, order);
    if (orders === null) ordersLeftOut = true;
    for (const returned of orders ?? [machine.returned]) {
      const end = { outcome, calls: callRecords(returned, machine.calls), device: world.device() };
      const key = JSON.stringify(end);
      const known = ends.get(key) ?? { end, schedules: 0, byDesign };
      known.schedules++;
      ends.set(key, known);
    }
    const seen = new Set<string>();
    for (const [p, property] of properties.entries()) {
      const happened = property.check({ machine, outcome, evidence: world }, (kind) => {
        const failure = `${property.id} ${kind}`;
        if (seen.has(failure)) return;
        seen.add(failure);
        const one = broken.get(failure) ?? { property, kind, schedules: 0, schedule: machine.takers() };
        one.schedules++;
        broken.set(failure, one);
      });
      if (happened) exercised[p]!++;
    }
  });
  const violations = [...broken.values()].map((one) => violationOf(model, scenario, one, stepsMax));
  return {
    explored: ordersLeftOut ? { ...explored, complete: false } : explored,
    ends: [...ends]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { end, schedules, byDesign }]) => ({ ...end, schedules, byDesign })),
    violations,
    tooMany: ends.size > ENDS_MAX,
    verdicts: properties.map((property, at) => {
      const kinds = violations
        .filter((one) => one.property === property.id)
        .map(({ kind, schedules }) => ({ kind, executions: schedules }));
      return judged(property, exercised[at]!, kinds, explored.stepLimits, stepsMax);
    }),
  };
}

interface Broken {
  readonly property: Property<World>;
  readonly kind: string;
  schedules: number;
  readonly schedule: readonly string[];
}

/** The schedule with the fewest switches; where three are not enough, the one that the exploration came by first. */
function violationOf(
  model: Model,
  { world = {}, ops }: Scenario,
  { property, kind, schedules, schedule }: Broken,
  stepsMax: number,
): EndsViolation {
  const search = new ScheduleSearch(model, { property, kind }, stepsMax);
  const draft = { world, ops };
  const least = search.least(draft, SWITCHES_MAX);
  const failing = least ?? search.guided(draft, schedule)!;
  return {
    property: property.id,
    kind,
    schedules,
    scenario: {
      format: FORMAT,
      model: model.id,
      ...(Object.keys(world).length === 0 ? {} : { world }),
      ops,
      schedule: search.scheduleOf(draft, failing.deviations),
    },
    switches: switchesOf(failing),
    isShortest: least !== null,
  };
}
