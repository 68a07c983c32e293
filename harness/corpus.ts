import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import canonicalizeModule from 'canonicalize';
import writeFileAtomic from 'write-file-atomic';
import type { Counterexample, FailureIdentity } from './campaign/result.ts';
import type { Model, SeriesInfo } from './model/model.ts';
import { sourceLabel } from './model/source.ts';
import { quote } from './quote.ts';
import { readJson } from './read-json.ts';
import { type Recording, record } from './scenario/recording.ts';
import { FORMAT, type Scenario } from './scenario/scenario.ts';
import { type Schema, scenarioSchema } from './scenario/schema.ts';
import { checkFormat, InvalidInput, validate } from './scenario/validate.ts';

/** One counterexample as it is stored: the scenario and what it does, not a seed. */
export interface CorpusEntry extends FailureIdentity {
  readonly format: typeof FORMAT;
  readonly model: string;
  /** Where the state comes from: `posted 2021-01-19`, `inferred`. */
  readonly provenance: string;
  readonly claim: string;
  readonly message: string;
  readonly scenario: Scenario;
  /** What the scenario did when it was stored, step by step. */
  readonly expected: {
    readonly outcome: string;
    /** Step of the violation. */
    readonly step: number;
    readonly trace: readonly string[];
  };
  /** Every single reduction was tried, and each makes the scenario pass. */
  readonly minimal: boolean;
  readonly notes: { readonly tool: string; readonly seed: number };
}

/** How a stored entry behaves today. */
export type ReplayResult =
  | { readonly status: 'reproduced'; readonly traceChanged: boolean; readonly recording: Recording }
  | { readonly status: 'fixed'; readonly recording: Recording }
  | {
      readonly status: 'other violation';
      readonly violations: readonly FailureIdentity[];
      readonly recording: Recording;
    }
  | { readonly status: 'stale'; readonly reason: string };

// canonicalize is a CommonJS module whose default export types and runtimes disagree on.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** An entry for a counterexample. The same counterexample always gives the same entry but for its notes. */
export function makeEntry(
  model: Model,
  found: Counterexample,
  stepsMax: number,
  notes: CorpusEntry['notes'],
): CorpusEntry {
  const recording = record(model, found.scenario, stepsMax);
  const violation = recording.violations.find(
    ({ property, kind }) => property === found.property && kind === found.kind,
  );
  if (violation === undefined)
    throw new Error(`${found.property} (${found.kind}) is not in its own counterexample`);
  return {
    format: FORMAT,
    model: model.id,
    provenance: sourceLabel(model.state.source),
    property: found.property,
    kind: found.kind,
    claim: model.properties.find(({ id }) => id === found.property)!.claim,
    message: violation.message,
    scenario: found.scenario,
    expected: { outcome: recording.outcome, step: violation.step, trace: traceOf(recording) },
    minimal: found.minimal,
    notes,
  };
}

/** Steps in words, with what they returned. */
export function traceOf({ steps }: Recording): string[] {
  return steps.map(({ actor, function: name, text, returns }) => {
    const where = name === null ? '' : `${name}: `;
    const end = returns?.signal ?? returns?.ret ?? null;
    return `${actor} ${where}${text}${end === null ? '' : ` -> ${end}`}`;
  });
}

/** Replays an entry on a model (the one it names, or another state). */
export function replayEntry(model: Model, entry: CorpusEntry, stepsMax: number): ReplayResult {
  const recording = record(model, { ...entry.scenario, model: model.id }, stepsMax);
  if (recording.stale !== null) {
    const { step, expected, runnable } = recording.stale;
    return {
      status: 'stale',
      reason: `at step ${step} the schedule names ${quote(expected)}; can run: ${runnable.join(', ') || 'nobody'}`,
    };
  }
  const same = recording.violations.some(
    ({ property, kind }) => property === entry.property && kind === entry.kind,
  );
  if (same) {
    const traceChanged = traceOf(recording).join('\n') !== entry.expected.trace.join('\n');
    return { status: 'reproduced', traceChanged, recording };
  }
  if (recording.violations.length > 0) {
    return { status: 'other violation', violations: recording.violations, recording };
  }
  return { status: 'fixed', recording };
}

/** Folder of the entries for one failure. */
export const entryFolder = (
  corpus: string,
  { model, property }: { model: string; property: string },
): string => join(corpus, model, property);

/** First digits of a digest of what makes the entry what it is; seeds and versions are no part of it. */
export function entryHash({ model, property, kind, scenario }: CorpusEntry): string {
  const { world, ops, schedule } = scenario;
  return createHash('sha256')
    .update(canonicalize({ model, property, kind, world, ops, schedule }))
    .digest('hex')
    .slice(0, 12);
}

export interface Saved {
  readonly path: string;
  /** `kept`: an entry for the same failure is there already and still shows it. */
  readonly how: 'written' | 'kept';
}

/**
 * Stores an entry, unless the corpus has one for the same failure that still reproduces. Written to a temporary file
 * beside it and renamed, so that no reader ever sees half of one.
 */
export function saveEntry(corpus: string, model: Model, entry: CorpusEntry, stepsMax: number): Saved {
  const folder = entryFolder(corpus, entry);
  for (const path of entryPaths(folder)) {
    const known = tryRead(path, () => model.series);
    if (known === null || known.kind !== entry.kind || known.model !== entry.model) continue;
    if (replayEntry(model, known, stepsMax).status === 'reproduced') return { path, how: 'kept' };
  }
  const path = join(folder, `${entryHash(entry)}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileAtomic.sync(path, `${JSON.stringify(entry, null, 2)}\n`);
  return { path, how: 'written' };
}

/** Files of entries below a folder, or the file itself; sorted by path. Schemas beside them are no entries. */
export function entryPaths(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((item) => {
      if (item.isDirectory()) return entryPaths(join(path, item.name));
      return item.name.endsWith('.json') && !item.name.endsWith('.schema.json')
        ? [join(path, item.name)]
        : [];
    })
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * Reads and validates an entry.
 *
 * @throws {@link InvalidInput} if the file cannot be read, is cut off, of a newer format or not an entry.
 */
export function readEntry(path: string, seriesOf: (model: string) => SeriesInfo): CorpusEntry {
  const value = readJson(path);
  checkFormat(value, path);
  const { model } = value as { model?: unknown };
  if (typeof model !== 'string')
    throw new InvalidInput(`${path}: lacks "model", the state that it was found on.`);
  const series = seriesOf(model);
  validate(`entry ${series.name}`, () => entrySchema(series), value, path);
  const entry = value as CorpusEntry;
  if (entry.scenario.model !== entry.model) {
    throw new InvalidInput(
      `${path}: "model" is ${quote(entry.model)}, but ${quote(entry.scenario.model)} in its scenario; they must agree.`,
    );
  }
  return entry;
}

function tryRead(path: string, seriesOf: (model: string) => SeriesInfo): CorpusEntry | null {
  try {
    return readEntry(path, seriesOf);
  } catch (error) {
    // A damaged neighbour must not keep a new finding from being stored; `replay` reports it.
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** The schema of an entry of one series; published for all series in corpus/entry.schema.json. */
export function entrySchema(series: SeriesInfo): Schema {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: [
      'format',
      'model',
      'provenance',
      'property',
      'kind',
      'claim',
      'message',
      'scenario',
      'expected',
      'minimal',
      'notes',
    ],
    additionalProperties: false,
    properties: {
      format: { const: FORMAT },
      model: text,
      provenance: text,
      property: text,
      kind: text,
      claim: text,
      message: text,
      scenario: scenarioSchema(series),
      expected: {
        type: 'object',
        required: ['outcome', 'step', 'trace'],
        additionalProperties: false,
        properties: {
          outcome: { enum: ['finished', 'deadlock', 'livelock', 'step-limit'] },
          step: { type: 'integer', minimum: 0 },
          trace: { type: 'array', items: text },
        },
      },
      minimal: { type: 'boolean' },
      notes: {
        type: 'object',
        required: ['tool', 'seed'],
        additionalProperties: false,
        properties: { tool: text, seed: { type: 'integer' } },
      },
    },
  };
}

/** Why entries could not be written below `corpus`, or null. Creates nothing. */
export function writeObstacle(corpus: string, isWritable: (folder: string) => boolean): string | null {
  if (existsSync(corpus)) {
    if (!statSync(corpus).isDirectory()) return `${corpus} is not a folder`;
    return isWritable(corpus) ? null : `${corpus} cannot be written to`;
  }
  const parent = dirname(corpus);
  return parent === corpus ? `${corpus} does not exist` : writeObstacle(parent, isWritable);
}
