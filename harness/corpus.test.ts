import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { series as zpciIo } from '../models/zpci-io/series.ts';
import type { Counterexample } from './campaign/result.ts';
import {
  type CorpusEntry,
  entryFolder,
  entryHash,
  entryPaths,
  entrySchema,
  makeEntry,
  readEntry,
  replayEntry,
  saveEntry,
  traceOf,
  writeObstacle,
} from './corpus.ts';
import { Folder } from './folder.fixture.ts';
import { record } from './scenario/recording.ts';
import type { Scenario } from './scenario/scenario.ts';
import { validate } from './scenario/validate.ts';

const v1 = zpciIo.model('v1')!;
const STEPS_MAX = 2000;
const NOTES = { tool: 'test', seed: 1 };
const folder = new Folder();

/** An empty corpus for one test. */
let corpora = 0;
function emptyCorpus(): string {
  const path = folder.at(`corpus-${corpora++}`);
  mkdirSync(path);
  return path;
}

const write = (len: number, flags = 2) =>
  ({
    actor: 'user0',
    op: 'region_write',
    pos: 16,
    count: 32,
    req: { flags, gaddr: '0x10008', len },
  }) as const;
const ZERO_LENGTH: Scenario = { format: 1, model: v1.id, ops: [write(0)], schedule: [] };
const ZERO: Counterexample = {
  property: 'zero-length-never-executes',
  kind: 'zero-length-executed',
  scenario: ZERO_LENGTH,
  minimal: true,
  foundWith: { ops: 3, run: 0 },
};
const ENTRY = makeEntry(v1, ZERO, STEPS_MAX, NOTES);

const read = (path: string): CorpusEntry => readEntry(path, () => zpciIo);
const files = (corpus: string): string[] => entryPaths(corpus).map((path) => path.slice(corpus.length + 1));

describe('an entry', () => {
  test('says where it is from, what breaks, and what happened step by step', () => {
    expect(ENTRY).toMatchObject({
      format: 1,
      model: 'zpci-io/v1',
      provenance: 'posted 2021-01-19',
      property: 'zero-length-never-executes',
      kind: 'zero-length-executed',
      scenario: ZERO_LENGTH,
      minimal: true,
      notes: NOTES,
    });
    const recording = record(v1, ZERO_LENGTH, STEPS_MAX);
    expect(ENTRY.expected.outcome).toBe('finished');
    expect(ENTRY.expected.trace).toEqual(traceOf(recording));
    expect(ENTRY.expected.trace[ENTRY.expected.step]).toMatch(/PCISTB pcias 0 offset 0 len 0$/);
  });

  test('is valid against its schema', () => {
    expect(() => validate('test', () => entrySchema(zpciIo), ENTRY, 'entry')).not.toThrow();
  });

  test('cannot be made of a scenario that does not show the failure', () => {
    const harmless = { ...ZERO, scenario: { ...ZERO_LENGTH, ops: [write(8)] } };
    expect(() => makeEntry(v1, harmless, STEPS_MAX, NOTES)).toThrow(
      'zero-length-never-executes (zero-length-executed) is not in its own counterexample',
    );
  });

  test('reads back as it was written', () => {
    const { path } = saveEntry(emptyCorpus(), v1, ENTRY, STEPS_MAX);
    expect(read(path)).toEqual(ENTRY);
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(ENTRY, null, 2)}\n`);
  });

  test('is named by what it is: not by the seed, the tool or the order of keys', () => {
    const hash = entryHash(ENTRY);
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(entryHash({ ...ENTRY, notes: { tool: 'other', seed: 2 }, message: '', minimal: false })).toBe(
      hash,
    );
    const { ops, ...rest } = ZERO_LENGTH;
    const reordered = { ops: ops.map((op) => Object.fromEntries(Object.entries(op).toReversed())), ...rest };
    expect(entryHash({ ...ENTRY, scenario: reordered as unknown as Scenario })).toBe(hash);
  });

  test.each<[string, Partial<CorpusEntry>]>([
    ['model', { model: 'zpci-io/v2' }],
    ['claim', { property: 'another' }],
    ['kind', { kind: 'another' }],
    ['operations', { scenario: { ...ZERO_LENGTH, ops: [] } }],
    ['schedule', { scenario: { ...ZERO_LENGTH, schedule: ['user0'] } }],
    ['world', { scenario: { ...ZERO_LENGTH, world: { mio: true } } }],
  ])('has another name for another %s', (_what, changes) => {
    expect(entryHash({ ...ENTRY, ...changes })).not.toBe(entryHash(ENTRY));
  });
});

describe('saving', () => {
  test('puts an entry below its model and claim, and nothing else anywhere', () => {
    const corpus = emptyCorpus();
    expect(saveEntry(corpus, v1, ENTRY, STEPS_MAX).how).toBe('written');
    expect(files(corpus)).toEqual([`zpci-io/v1/zero-length-never-executes/${entryHash(ENTRY)}.json`]);
    expect(readdirSync(entryFolder(corpus, ENTRY))).toHaveLength(1);
  });

  test('twice leaves one file', () => {
    const corpus = emptyCorpus();
    const first = saveEntry(corpus, v1, ENTRY, STEPS_MAX);
    const text = readFileSync(first.path, 'utf8');
    const again = saveEntry(corpus, v1, { ...ENTRY, notes: { tool: 'test', seed: 2 } }, STEPS_MAX);
    expect(again).toEqual({ path: first.path, how: 'kept' });
    expect(readFileSync(first.path, 'utf8')).toBe(text);
    expect(files(corpus)).toHaveLength(1);
  });

  test('keeps another scenario of the same failure that still shows it', () => {
    const corpus = emptyCorpus();
    const known = saveEntry(corpus, v1, ENTRY, STEPS_MAX);
    const load = { ...ZERO, scenario: { ...ZERO_LENGTH, ops: [write(0, 1)] } };
    const other = makeEntry(v1, load, STEPS_MAX, NOTES);
    expect(entryHash(other)).not.toBe(entryHash(ENTRY));
    expect(saveEntry(corpus, v1, other, STEPS_MAX)).toEqual({ path: known.path, how: 'kept' });
  });

  test('writes beside an entry that is fixed, and keeps that one', () => {
    const corpus = emptyCorpus();
    const fixed = { ...ENTRY, scenario: { ...ZERO_LENGTH, ops: [write(8)] } };
    const { path } = saveEntry(corpus, v1, fixed, STEPS_MAX);
    expect(replayEntry(v1, read(path), STEPS_MAX).status).not.toBe('reproduced');
    expect(saveEntry(corpus, v1, ENTRY, STEPS_MAX).how).toBe('written');
    expect(read(path)).toEqual(fixed);
    expect(files(corpus)).toHaveLength(2);
  });

  test.each([
    ['cut off', '{"format":1,'],
    ['empty', ''],
    ['of a newer format', { ...ENTRY, format: 2 }],
    [
      'of another model',
      { ...ENTRY, model: 'zpci-io/v2', scenario: { ...ZERO_LENGTH, model: 'zpci-io/v2' } },
    ],
    ['of another kind', { ...ENTRY, kind: 'another' }],
  ])('goes on beside a neighbour that is %s, and leaves that alone', (_how, content) => {
    const corpus = emptyCorpus();
    const neighbour = `${entryFolder(corpus, ENTRY)}/000000000000.json`;
    folder.write(neighbour.slice(folder.path.length), content);
    const text = readFileSync(neighbour, 'utf8');
    expect(saveEntry(corpus, v1, ENTRY, STEPS_MAX).how).toBe('written');
    expect(readFileSync(neighbour, 'utf8')).toBe(text);
    expect(files(corpus)).toHaveLength(2);
  });
});

describe('reading', () => {
  const refused = (content: unknown): string => {
    try {
      read(folder.write('refused.json', content));
    } catch (error) {
      return (error as Error).message.slice(folder.at('refused.json').length + 2);
    }
    return 'accepted';
  };

  test.each<[string, unknown, string]>([
    ['an array', [], 'found an array, expected a JSON object with "format": 1.'],
    [
      'a newer format',
      { ...ENTRY, format: 2 },
      '"format" is 2, this version reads format 1. The file was written by a newer zpci-fuzz: update the tool.',
    ],
    ['no model', { ...ENTRY, model: undefined }, 'lacks "model", the state that it was found on.'],
    ['a scenario alone', ZERO_LENGTH, 'the file lacks the field "provenance".'],
    ['no claim', { ...ENTRY, property: 5 }, 'property is number 5; expected a string.'],
    [
      'an unknown outcome',
      { ...ENTRY, expected: { ...ENTRY.expected, outcome: 'stale' } },
      'expected.outcome is "stale"; allowed: "finished", "deadlock", "livelock", "step-limit".',
    ],
    [
      'an operation that is none',
      { ...ENTRY, scenario: { ...ZERO_LENGTH, ops: [{ actor: 'user0', op: 'x' }] } },
      'scenario.ops[0].op is "x"; allowed: memory_disable, memory_enable, bar_write, bar_read, region_write, region_read, pcistb, pcistg, pcilg, kill, power_off.',
    ],
    [
      'a scenario of another model',
      { ...ENTRY, scenario: { ...ZERO_LENGTH, model: 'zpci-io/v3' } },
      '"model" is "zpci-io/v1", but "zpci-io/v3" in its scenario; they must agree.',
    ],
    ['itself', ENTRY, 'accepted'],
  ])('%s', (_what, content, expected) => {
    expect(refused(content)).toBe(expected);
  });

  test('finds entries in any depth, sorted, and no schemas', () => {
    const corpus = emptyCorpus().slice(folder.path.length + 1);
    for (const name of ['b/z.json', 'b/a.json', 'a/c/x.json', 'entry.schema.json', 'README.md', 'x.jsonl']) {
      folder.write(`${corpus}/${name}`, '{}');
    }
    expect(files(folder.at(corpus))).toEqual(['a/c/x.json', 'b/a.json', 'b/z.json']);
  });

  test('takes a file for itself, and nothing for what is not there', () => {
    const path = folder.write('alone', '{}');
    expect(entryPaths(path)).toEqual([path]);
    expect(entryPaths(folder.at('not-there'))).toEqual([]);
  });
});

describe('replaying', () => {
  test('gives the trace that was stored', () => {
    expect(replayEntry(v1, ENTRY, STEPS_MAX)).toMatchObject({ status: 'reproduced', traceChanged: false });
  });

  test('says that a trace is another, where the failure is the same', () => {
    const old = { ...ENTRY, expected: { ...ENTRY.expected, trace: ['user0 something else'] } };
    expect(replayEntry(v1, old, STEPS_MAX)).toMatchObject({ status: 'reproduced', traceChanged: true });
  });

  test('says fixed where a state breaks nothing', () => {
    expect(replayEntry(zpciIo.model('v3')!, ENTRY, STEPS_MAX).status).toBe('fixed');
  });

  test('says what else is violated where the failure is another', () => {
    const load = { ...ENTRY, scenario: { ...ZERO_LENGTH, ops: [write(8, 1)] } };
    const result = replayEntry(v1, load, STEPS_MAX);
    expect(result.status).toBe('other violation');
    expect(result).toHaveProperty('violations.0.property', 'loaded-page-is-dirtied');
  });

  test('says where a schedule is stale', () => {
    const stale = { ...ENTRY, scenario: { ...ZERO_LENGTH, schedule: ['user0', '\u202eadmin'] } };
    expect(replayEntry(v1, stale, STEPS_MAX)).toEqual({
      status: 'stale',
      reason: 'at step 1 the schedule names "?admin"; can run: user0',
    });
  });

  test('says so too where nobody is left to run', () => {
    const { trace } = ENTRY.expected;
    const schedule = [...trace.map(() => 'user0'), 'user0'];
    const entry = { ...ENTRY, scenario: { ...ZERO_LENGTH, schedule } };
    expect(replayEntry(v1, entry, STEPS_MAX)).toEqual({
      status: 'stale',
      reason: `at step ${trace.length} the schedule names "user0"; can run: nobody`,
    });
  });
});

describe('an obstacle to writing', () => {
  const may = () => true;

  test('is none in a folder, nor where one can be made', () => {
    expect(writeObstacle(folder.path, may)).toBeNull();
    expect(writeObstacle(folder.at('new', 'and', 'deeper'), may)).toBeNull();
  });

  test('is a file in its place, or in the place of a folder above it', () => {
    const file = folder.write('in-the-way', '');
    expect(writeObstacle(file, may)).toBe(`${file} is not a folder`);
    expect(writeObstacle(folder.at('in-the-way', 'a', 'b'), may)).toBe(`${file} is not a folder`);
  });

  test('is a folder that cannot be written to', () => {
    expect(writeObstacle(folder.at('new'), () => false)).toBe(`${folder.path} cannot be written to`);
  });
});
