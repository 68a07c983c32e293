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
import { type Probe, replayOn, scenarioOf } from './b4-check-search.ts';
import type { Pool } from './pool.ts';
import { keptOf } from './run-text.ts';
import { shellWord } from './shell-word.ts';

/** A stored counterexample, and where. */
export interface StoredFailure extends KnownFailure {
  readonly path: string;
}

/** What is looked into, and with what. */
export interface Findings {
  readonly pool: Pool;
  readonly plan: CheckPlan;
  readonly options: SearchOptions;
  readonly settings: RunSettings;
  readonly stored: readonly StoredFailure[];
  readonly after: Probe;
  /** Null where there is no state without the patches. */
  readonly before: Probe | null;
}

/** Counterexamples that are looked at closely: more than a report shows in full. */
const SHOWN_MAX = 5;

/**
 * Every claim that is broken with the patches, or only on the way to the last of them. What breaks it is executed without
 * them too: what shows there as well is not theirs.
 */
export async function brokenClaims(findings: Findings): Promise<BrokenClaim[]> {
  const { pool, plan, options, after, before, stored } = findings;
  const shown = after.found.map((found) => asKnown(after.model, found));
  const [also = []] = before === null ? [] : await replayOn(pool, [before.model], options, shown);
  const without = before === null ? null : [...before.found, ...also];
  const between = await replayOn(
    pool,
    plan.between.map(({ model }) => model),
    options,
    [...stored, ...shown],
  );
  const onTheWay = plan.between.map(({ patch, model }, at) => ({ patch, model, found: between[at]! }));

  const claims = [...new Set(after.found.map(({ property }) => property))];
  const broken: BrokenClaim[] = [];
  let left = SHOWN_MAX;
  for (const property of claims) {
    const found = after.found.filter((one) => one.property === property);
    const standing = standingOf(plan.series, before?.model ?? null, without, found);
    const isShown = (standing === 'new' || standing === 'unknown') && left-- > 0;
    broken.push({
      property,
      standing,
      kinds: found.map(({ kind }) => kind),
      since: standing === 'new' ? sinceOf(property, onTheWay, plan) : null,
      failure: isShown ? await failureOf(findings, after.model, found[0]!) : null,
      facts: [],
    });
  }
  const isBroken = (property: string): boolean =>
    claims.includes(property) || isBrokenOn(plan.series, before?.model ?? null, without ?? [], property);
  for (const { patch, model, found } of before === null ? [] : onTheWay) {
    for (const one of found) {
      // Others show what breaks with all patches; whether that breaks something else here, no command would tell.
      if (one.sequence >= stored.length || isBroken(one.property)) continue;
      if (broken.some(({ property }) => property === one.property)) continue;
      broken.push({
        property: one.property,
        standing: 'on the way',
        kinds: [one.kind],
        since: patch,
        failure: left-- > 0 ? await failureOf(findings, model, one) : null,
        facts: [],
      });
    }
  }
  return [...broken, ...brokenFacts(findings)];
}

/** Claims that break without the patches, and with them not even in the executions that show it there. */
export async function mendedClaims({ pool, options, after, before }: Findings): Promise<string[]> {
  if (before === null) return [];
  const shown = before.found.map((found) => asKnown(before.model, found));
  const [still = []] = await replayOn(pool, [after.model], options, shown);
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

/** The first patch with which a claim breaks; null if only one is looked at. */
function sinceOf(
  property: string,
  onTheWay: readonly { readonly patch: Patch<unknown>; readonly found: readonly Found[] }[],
  { patches }: CheckPlan,
): Patch<unknown> | null {
  if (onTheWay.length === 0) return null;
  const first = onTheWay.find(({ found }) => found.some((one) => one.property === property));
  return first?.patch ?? patches.at(-1) ?? null;
}

/** Shrunk, unless it is stored; null where it does not show again. */
async function failureOf(
  { pool, options, settings, stored }: Findings,
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
        : keptOf(settings, model, counterexample, new Map()).reproduce;
  return reproduce === null ? null : { recording, violation, reproduce };
}

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
