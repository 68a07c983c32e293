import { join } from 'node:path';
import { renderCounterexample } from '../../reports/counterexample.ts';
import { REPRODUCED, type WatchedEntry, type WatchedState } from '../../reports/watch.ts';
import type { ChunkResult, SearchOptions } from '../campaign/chunk.ts';
import type { Found } from '../campaign/found.ts';
import { gateCells } from '../campaign/gate.ts';
import { HANGS_MAX, mergeHangs } from '../campaign/hang.ts';
import { mergeFound, mergeResult } from '../campaign/merge.ts';
import { KNOWN_CHUNK, SMALL_CHUNK } from '../campaign/opening.ts';
import { type CorpusEntry, entryPaths } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { sourceLabel } from '../model/source.ts';
import { record } from '../scenario/recording.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { sentError } from './breakage.ts';
import { DEFAULTS } from './defaults.ts';
import { UsageError } from './exit.ts';
import { baseOf } from './gate-all.ts';
import { expectationProblems, type GateModel, gateModels } from './gate-models.ts';
import type { Replayed } from './job.ts';
import { readKnownEntry } from './known-entry.ts';
import type { Pool } from './pool.ts';
import { labelled, selectProperties } from './select.ts';
import { shellWord } from './shell-word.ts';
import type { LookRequest, LookSaid } from './watch-protocol.ts';

const SEED = 1;
/**
 * Of the small scenarios one in so many, and so many generated sequences: a series is done within about a second on two
 * cores. A prime, so that no dimension of the scenarios is left out by falling into step with it.
 */
const OPENING_EVERY = 127;
const SEQUENCES = 5;
/** Counterexamples that are shrunk and shown; each is about a screen. */
const SHOWN_MAX = 3;

/** Looks at every state of some series, and says in their order what became of each. Throws what keeps it from loading. */
export async function look(
  { names, models, properties, corpus, before, today, ...page }: LookRequest,
  series: readonly Series[],
  pool: Pool,
  say: (said: LookSaid) => void,
): Promise<void> {
  const [problem] = series.flatMap(expectationProblems);
  if (problem !== undefined) throw new UsageError(problem);
  const claims = selectProperties(series, properties);
  const kept = series.filter(({ name }) => names.includes(name));
  const all = gateModels(series, models, kept);
  const options: SearchOptions = {
    seed: SEED,
    strategy: 'portfolio',
    opsMax: Number(DEFAULTS.maxOps),
    stepsMax: Number(DEFAULTS.maxSteps),
    schedulesMax: Number(DEFAULTS.runSchedules),
    properties: claims,
    openingEvery: OPENING_EVERY,
  };
  const messages = new Set<string>();

  for (const { name } of kept) {
    const own = all.filter(({ model }) => model.series.name === name);
    const looks = inTurn(own, pool.size, (one) => lookAtState(one, options, corpus, today, pool));
    const fresh: (Fresh & { readonly model: Model })[] = [];
    const broken: string[] = [];
    for (const [at, looked] of looks.entries()) {
      const { model } = own[at]!;
      const ended = await looked;
      if ('error' in ended) {
        broken.push(model.id);
        const error = sentError(ended.error);
        // One mistake mostly keeps all states from being looked at: it is said once.
        if (!messages.has(error.message)) say({ kind: 'broken', state: labelled(model), error });
        messages.add(error.message);
        continue;
      }
      const { state, found } = ended.value;
      say({ kind: 'state', state });
      fresh.push(...freshOf(state, found, before).map((one) => ({ model, ...one })));
    }
    for (const { model, found, isExpected } of firstOfEach(fresh).slice(0, SHOWN_MAX)) {
      const { stepsMax } = options;
      const shrunk = await pool.shrink({ kind: 'shrink', model: model.id, found, stepsMax });
      if (shrunk.counterexample === null) continue;
      const { scenario, minimal } = shrunk.counterexample;
      const reproduce = searchAgain(model, found, isExpected, corpus);
      const text = renderCounterexample(record(model, scenario, stepsMax), {
        ...page,
        reproduce,
        property: found,
        minimal,
      });
      say({ kind: 'counterexample', text });
    }
    say({ kind: 'series', name, states: own.map(({ model }) => model.id), broken });
  }
}

type Ended<T> = { readonly value: T } | { readonly error: unknown };

/** Does something with each, some at a time; each promise is for one of them, and none is ever rejected. */
function inTurn<Item, Value>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<Value>,
): Promise<Ended<Value>>[] {
  const running: Promise<Ended<Value>>[] = [];
  const begun: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
  for (const [at, item] of items.entries()) {
    const lane = at % atOnce;
    const ended = begun[lane]!.then(() => run(item)).then(
      (value): Ended<Value> => ({ value }),
      (error: unknown): Ended<Value> => ({ error }),
    );
    begun[lane] = ended;
    running.push(ended);
  }
  return running;
}

interface Looked {
  readonly state: WatchedState;
  readonly found: readonly Found[];
}

async function lookAtState(
  { series, model }: GateModel,
  options: SearchOptions,
  corpus: string,
  today: string,
  pool: Pool,
): Promise<Looked> {
  const read = readStored(series, model, corpus);
  const isAsked = (entry: CorpusEntry | null, of: Model): entry is CorpusEntry =>
    entry !== null && entry.model === of.id && options.properties.includes(entry.property);
  const entries = read.flatMap(({ entry }) => (isAsked(entry, model) ? [entry] : []));
  const ofBase = baseOf({ series, model }).flatMap((base) =>
    readStored(series, base, corpus).flatMap(({ entry }) => (isAsked(entry, base) ? [entry] : [])),
  );
  const { stepsMax } = options;
  const replayed =
    entries.length === 0 ? [] : await pool.replay({ kind: 'replay', model: model.id, entries, stepsMax });
  const fates = new Map(entries.map((entry, at) => [entry, fateOf(replayed[at]!)]));
  const chunks = await searched(pool, model, options, [...entries, ...ofBase]);
  const found = mergeFound(model, chunks);
  const result = mergeResult(model, options, chunks, [], null);
  const cells = gateCells(series, model, result, { today, decides: false });
  const verdicts = new Map(result.verdicts.map((verdict) => [verdict.property, verdict]));
  const facts = new Map(result.facts.map((fact) => [fact.property, fact]));
  const stored = new Set([...entries, ...ofBase].map(({ property }) => property));
  const state: WatchedState = {
    model: model.id,
    label: sourceLabel(model.state.source),
    claims: cells.map(({ property, found: verdict, expected, problem }) => ({
      property,
      found: verdict,
      reason: verdicts.get(property)?.reason ?? '',
      kinds: [...(verdicts.get(property)?.kinds ?? []), ...(facts.get(property)?.findings ?? [])].map(
        ({ kind }) => kind,
      ),
      expected,
      // So short a search need not find what nothing stored shows.
      problem: problem === 'missing-violation' && !stored.has(property) ? null : problem,
    })),
    entries: read.flatMap(({ path, entry, damage }): WatchedEntry[] => {
      if (entry === null) return [{ path, fate: damage }];
      const fate = fates.get(entry);
      return fate === undefined ? [] : [{ path, fate }];
    }),
    executions: result.coverage.executions,
    hangs: mergeHangs(result.hangs),
  };
  return { state, found };
}

interface StoredEntry {
  readonly path: string;
  /** Null if it is damaged. */
  readonly entry: CorpusEntry | null;
  readonly damage: string;
}

const readStored = (series: Series, model: Model, corpus: string): StoredEntry[] =>
  entryPaths(join(corpus, model.id)).map((path) => {
    try {
      return { path, entry: readKnownEntry([series], path).entry, damage: '' };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return { path, entry: null, damage: `damaged: ${error.message}` };
    }
  });

function fateOf(replayed: Replayed): string {
  switch (replayed.status) {
    case 'reproduced':
      return replayed.traceChanged ? 'reproduced, by other steps than those recorded' : REPRODUCED;
    case 'fixed':
      return 'does not reproduce: its claim holds there';
    case 'other violation': {
      const names = replayed.violations.map(({ property, kind }) => `${property} (${kind})`);
      return `does not reproduce, but breaks ${names.join(', ')}`;
    }
    case 'stale':
      return `does not reproduce: stale ${replayed.reason}`;
    default:
      return replayed satisfies never;
  }
}

async function searched(
  pool: Pool,
  model: Model,
  options: SearchOptions,
  known: readonly CorpusEntry[],
): Promise<ChunkResult[]> {
  const chunks: ChunkResult[] = [];
  if (!model.properties.some(({ id }) => options.properties.includes(id))) return chunks;
  const pieces = [
    ...(known.length === 0 ? [] : [{ chunk: KNOWN_CHUNK, sequences: known.length, known }]),
    { chunk: SMALL_CHUNK, sequences: Number.MAX_SAFE_INTEGER },
    { chunk: 0, sequences: SEQUENCES },
  ];
  let hangs = 0;
  for (const piece of pieces) {
    if (hangs >= HANGS_MAX) break;
    const chunk = await pool.chunk({ kind: 'chunk', model: model.id, options, ...piece });
    chunks.push(chunk);
    hangs += chunk.hangs.length;
  }
  return chunks;
}

interface Fresh {
  readonly found: Found;
  readonly isExpected: boolean;
}

/** Failures that the look before did not find on the state; of a state that it did not look at, those nobody expected. */
function freshOf(
  { model, claims }: WatchedState,
  found: readonly Found[],
  before: LookRequest['before'],
): Fresh[] {
  const known = before[model];
  const surprising = new Set(
    claims.filter(({ problem }) => problem === 'unexpected-violation').map(({ property }) => property),
  );
  return found.flatMap((one) => {
    const isExpected = !surprising.has(one.property);
    const isOld = known === undefined ? isExpected : known.includes(`${one.property} ${one.kind}`);
    return isOld ? [] : [{ found: one, isExpected }];
  });
}

/** Of one failure on many states the first. */
function firstOfEach<One extends { readonly found: Found }>(all: readonly One[]): One[] {
  const isSame = (a: Found, b: Found): boolean => a.property === b.property && a.kind === b.kind;
  return all.filter(({ found }, at) => all.findIndex((other) => isSame(other.found, found)) === at);
}

/**
 * A search that does all that was done here, and more. The gate, too, tries what is stored for the state below, but shows
 * only what nobody expected.
 */
function searchAgain(model: Model, { property }: Found, isExpected: boolean, corpus: string): string {
  const how = isExpected ? 'run' : 'gate --profile ci';
  const where = corpus === DEFAULTS.corpus ? '' : ` --corpus ${shellWord(corpus)}`;
  return `npx zpci-fuzz ${how} --model ${shellWord(model.id)} --property ${property} --seed ${SEED} --runs ${SEQUENCES}${where} --no-save`;
}
