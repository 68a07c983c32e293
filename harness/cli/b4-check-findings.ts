/** What a patch breaks, beside what was broken without it. */
import type { BrokenClaim, BrokenStanding } from '../../reports/b4-check.ts';
import type { RunSettings } from '../../reports/run-json.ts';
import type { SearchOptions } from '../campaign/chunk.ts';
import type { Found } from '../campaign/found.ts';
import { KNOWN_CHUNK, type KnownFailure } from '../campaign/opening.ts';
import { expectationOf } from '../model/expectation.ts';
import { listedId } from '../model/listed-id.ts';
import type { Model } from '../model/model.ts';
import type { Patch } from '../model/patch.ts';
import type { Series } from '../model/series.ts';
import { record } from '../scenario/recording.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { CheckPlan } from './b4-check-plan.ts';
import { breaksUnder, inTurn, type Probe, replayOn, scenarioOf } from './b4-check-search.ts';
import type { Pool } from './pool.ts';
import { keptOf } from './run-text.ts';
import { shellWord } from './shell-word.ts';
import type { StoredFailure } from './stored-failures.ts';
import { VERSION } from './version.ts';

/** What is looked into, and with what. */
export interface Findings {
  readonly pool: Pool;
  readonly plan: CheckPlan;
  readonly options: SearchOptions;
  /** Operation sequences that each state was searched with. */
  readonly runs: number;
  readonly stored: readonly StoredFailure[];
  readonly after: Probe;
  /** Null where there is no state without the patches. */
  readonly before: Probe | null;
  /** Of the states between the two, in the order of the plan. */
  readonly between: readonly Probe[];
}

/**
 * Every claim that is broken with the patches, or only on the way to the last of them. What breaks it is executed without
 * them too, and where that shows nothing, its operations under all schedules: what breaks there as well is not theirs.
 */
export async function brokenClaims(findings: Findings): Promise<BrokenClaim[]> {
  const { pool, plan, options, after, before, between } = findings;
  const shown = after.found.map((found) => asKnown(after.model, found));
  const also = before === null ? [] : await replayOn(pool, before.model, options, shown);
  const without = before === null ? null : [...before.found, ...also];
  const claims = [...new Set(after.found.map(({ property }) => property))];
  const isBroken = (property: string): boolean =>
    claims.includes(property) || isBrokenOn(plan.series, before?.model ?? null, without ?? [], property);

  const tasks = [
    ...claims.map((property) => () => {
      const found = after.found.filter((one) => one.property === property);
      const standing = standingOf(plan.series, before?.model ?? null, without, found);
      return claimWithAll(findings, found, standing);
    }),
    ...onTheWay(before === null ? [] : between, isBroken).map(
      ({ at, found }) =>
        () =>
          claimOnTheWay(findings, at, found),
    ),
  ];
  const broken: BrokenClaim[] = Array.from({ length: tasks.length });
  await inTurn(pool, [...tasks.entries()], async ([at, task]) => {
    broken[at] = await task();
  });
  return [...broken, ...brokenFacts(findings)];
}

/** The first failure of each claim that only states between break, with the place of that state. */
function onTheWay(
  between: readonly Probe[],
  isBroken: (property: string) => boolean,
): { readonly at: number; readonly found: readonly Found[] }[] {
  const properties = [...new Set(between.flatMap(({ found }) => found.map(({ property }) => property)))];
  return properties
    .filter((property) => !isBroken(property))
    .map((property) => {
      const at = between.findIndex(({ found }) => found.some((one) => one.property === property));
      return { at, found: between[at]!.found.filter((one) => one.property === property) };
    });
}

async function claimOnTheWay(findings: Findings, at: number, found: readonly Found[]): Promise<BrokenClaim> {
  const shown = await failureOf(findings, findings.between[at]!.model, found[0]!);
  return {
    property: found[0]!.property,
    standing: 'on the way',
    kinds: found.map(({ kind }) => kind),
    since: findings.plan.between[at]!.patch,
    without: null,
    failure: shown,
    facts: [],
  };
}

async function claimWithAll(
  findings: Findings,
  found: readonly Found[],
  standing: BrokenStanding,
): Promise<BrokenClaim> {
  const { pool, options, after, before } = findings;
  const [first] = found;
  const { property } = first!;
  const kinds = found.map(({ kind }) => kind);
  const claim = { property, kinds, since: null, without: null, failure: null, facts: [] };
  if (standing !== 'new' && standing !== 'unknown') return { ...claim, standing };
  const failure = await failureOf(findings, after.model, first!);
  if (standing === 'unknown' || failure === null || before === null) return { ...claim, standing, failure };
  const { scenario } = failure.recording;
  if (!before.model.properties.some(({ id }) => id === property)) {
    const since = await sinceOf(findings, property, scenario);
    return { ...claim, standing, failure, since, without: 'the claim means nothing there' };
  }
  const there = await breaksUnder(pool, before.model, scenario, property, options);
  if (there.kinds.length > 0) {
    return { ...claim, standing: there.kinds.includes(first!.kind) ? 'before' : 'other way' };
  }
  const since = await sinceOf(findings, property, scenario);
  const schedules = there.isComplete ? 'no schedule of these operations' : 'no schedule that was tried';
  const without = there.wasExercised
    ? `${schedules} breaks it there`
    : 'these operations do not put it to the test there';
  return { ...claim, standing, failure, since, without };
}

/** Claims that break without the patches, and with them not even in the executions that show it there. */
export async function mendedClaims({ pool, options, after, before }: Findings): Promise<string[]> {
  if (before === null) return [];
  const shown = before.found.map((found) => asKnown(before.model, found));
  const still = await replayOn(pool, after.model, options, shown);
  const broken = new Set([...after.found, ...still].map(({ property }) => property));
  const held = new Set(
    after.result.verdicts.flatMap(({ property, verdict }) => (verdict === 'holds' ? [property] : [])),
  );
  const mended = before.found.map(({ property }) => property);
  const facts = after.result.facts.flatMap(({ property, verdict }) =>
    verdict === 'holds' && isFactBroken(before, property) ? [property] : [],
  );
  return [...new Set(mended)].filter((one) => held.has(one) && !broken.has(one)).concat(facts);
}

const asKnown = ({ id }: Model, found: Found): KnownFailure => ({
  property: found.property,
  kind: found.kind,
  scenario: scenarioOf(id, found),
});

function standingOf(
  series: Series,
  before: Model | null,
  without: readonly Found[] | null,
  found: readonly Found[],
): BrokenStanding {
  if (without === null) return 'unknown';
  const { property } = found[0]!;
  if (!isBrokenOn(series, before, without, property)) return 'new';
  const kinds = without.flatMap((one) => (one.property === property ? [one.kind] : []));
  const isOther = kinds.length > 0 && found.some(({ kind }) => !kinds.includes(kind));
  return isOther ? 'other way' : 'before';
}

/** Whether a state breaks a claim: found to, or, where this search was too short, expected to. */
function isBrokenOn(series: Series, model: Model | null, found: readonly Found[], property: string): boolean {
  if (found.some((one) => one.property === property)) return true;
  if (model === null) return false;
  const id = listedId(series, model.state.id);
  return expectationOf(series.expectations, id, property)?.verdict === 'violated';
}

/** The first patch with which a claim is found broken, by any search or by these operations; null if only one is checked. */
async function sinceOf(
  { pool, plan, options, between }: Findings,
  property: string,
  scenario: Scenario,
): Promise<Patch<unknown> | null> {
  if (plan.between.length === 0) return null;
  for (const [at, { patch, model }] of plan.between.entries()) {
    if (between[at]!.found.some((one) => one.property === property)) return patch;
    if (!model.properties.some(({ id }) => id === property)) continue;
    const { kinds } = await breaksUnder(pool, model, scenario, property, options);
    if (kinds.length > 0) return patch;
  }
  return plan.patches.at(-1) ?? null;
}

/** Shrunk, unless it is stored; null where it does not show again. */
async function failureOf(
  { pool, options, runs, stored }: Findings,
  model: Model,
  found: Found,
): Promise<BrokenClaim['failure']> {
  const { property, kind } = found;
  const { stepsMax } = options;
  const entry = found.chunk === KNOWN_CHUNK ? stored[found.sequence] : undefined;
  const { counterexample } =
    entry === undefined
      ? await pool.shrink({ kind: 'shrink', model: model.id, found, stepsMax })
      : { counterexample: null };
  const scenario: Scenario = counterexample?.scenario ?? scenarioOf(model.id, found);
  const recording = record(model, scenario, stepsMax);
  const violation = recording.violations.find((one) => one.property === property && one.kind === kind);
  if (violation === undefined) return null;
  const reproduce =
    entry !== undefined
      ? `npx zpci-fuzz exec ${shellWord(entry.path)} --model ${shellWord(model.id)}`
      : counterexample === null
        ? null
        : keptOf(settingsOf(options, runs), model, counterexample, new Map()).reproduce;
  return reproduce === null ? null : { recording, violation, reproduce };
}

/** The search as `run` would be told to do it. */
const settingsOf = (
  { seed, strategy, opsMax, stepsMax, schedulesMax }: SearchOptions,
  runs: number,
): RunSettings => ({
  version: VERSION,
  seed,
  shard: '1/1',
  runs,
  strategy,
  maxOps: opsMax,
  maxSteps: stepsMax,
  maxSchedules: schedulesMax,
});

const isFactBroken = ({ result }: Probe, property: string): boolean =>
  result.facts.some((one) => one.property === property && one.verdict === 'violated');

/** Claims about the state itself: each state's facts are known at once. */
function brokenFacts({ plan, after, before }: Findings): BrokenClaim[] {
  const brokenIn = (model: Model): Model['stateVerdicts'] =>
    model.stateVerdicts.filter(({ verdict }) => verdict === 'violated');
  const factOf = (
    { property, findings }: Model['stateVerdicts'][number],
    standing: BrokenStanding,
    since: Patch<unknown> | null,
  ): BrokenClaim => ({
    property,
    standing,
    kinds: findings.map(({ kind }) => kind),
    since,
    without: null,
    failure: null,
    facts: findings,
  });
  const whole = brokenIn(after.model);
  const isWithout = (property: string): boolean => before !== null && isFactBroken(before, property);
  const firstOf = (property: string) =>
    plan.between.find(({ model }) => brokenIn(model).some((one) => one.property === property));
  const inAll = whole.map((fact) => {
    const { property } = fact;
    if (before === null) return factOf(fact, 'unknown', null);
    if (isWithout(property)) return factOf(fact, 'before', null);
    const since =
      plan.between.length === 0 ? null : (firstOf(property)?.patch ?? plan.patches.at(-1) ?? null);
    return factOf(fact, 'new', since);
  });
  const onTheWay = new Map(
    (before === null ? [] : plan.between).flatMap(({ model }) =>
      brokenIn(model)
        .filter(({ property }) => !isWithout(property) && !whole.some((one) => one.property === property))
        .map((fact) => [fact.property, fact] as const),
    ),
  );
  return [
    ...inAll,
    ...[...onTheWay.values()].map((fact) =>
      factOf(fact, 'on the way', firstOf(fact.property)?.patch ?? null),
    ),
  ];
}
