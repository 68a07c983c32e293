/** Searches each state of a series and holds the verdicts against what is expected of it, in both directions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { entryPaths } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { runChunk, type SearchOptions } from './chunk.ts';
import { mergeResult } from './merge.ts';
import { type KnownFailure, runKnown, runSmall } from './opening.ts';

/** What is expected of a state, besides that every other claim that applies to it holds. */
export interface ExpectedVerdicts {
  readonly violated: readonly string[];
  /** Claims whose precondition no execution of the state can meet, or that some executions cannot decide. */
  readonly inconclusive?: readonly string[];
}

export type ExpectedOf = Readonly<Record<string, ExpectedVerdicts>>;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SEQUENCES = 250;
/** Beyond the stored counterexamples, the small scenarios and the small worlds. */
const CHUNKS = 2;

const optionsOf = (model: Model): SearchOptions => ({
  seed: 1,
  strategy: 'portfolio',
  opsMax: 6,
  stepsMax: 5_000,
  schedulesMax: 1_000,
  properties: [
    ...model.properties.map(({ id }) => id),
    ...model.stateVerdicts.map(({ property }) => property),
  ],
});

function stored(model: Model): KnownFailure[] {
  return entryPaths(join(ROOT, 'corpus', model.id)).map((path) => {
    const { property, kind, scenario } = JSON.parse(readFileSync(path, 'utf8')) as KnownFailure;
    return { property, kind, scenario };
  });
}

function verdictsOn(model: Model): Required<ExpectedVerdicts> {
  const options = optionsOf(model);
  const chunks = [
    runKnown(model, options, stored(model)),
    runSmall(model, options, Number.POSITIVE_INFINITY),
    ...Array.from({ length: CHUNKS }, (_, chunk) => runChunk(model, options, chunk, SEQUENCES)),
  ];
  const { verdicts, facts } = mergeResult(model, options, chunks, [], null);
  const idsOf = (word: string) =>
    [...verdicts, ...facts]
      .filter(({ verdict }) => verdict === word)
      .map(({ property }) => property)
      .sort(byName);
  return { violated: idsOf('violated'), inconclusive: idsOf('inconclusive') };
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The tests of a series: every state, every claim, and the table of its README. */
export function testExpectedVerdicts(series: Series, expected: ExpectedOf): void {
  describe.each(Object.keys(expected))('%s', (state) => {
    test('breaks the claims that it is expected to break, and no other', () => {
      const { violated, inconclusive = [] } = expected[state]!;
      expect(verdictsOn(series.model(state)!)).toEqual({
        violated: [...violated].sort(byName),
        inconclusive: [...inconclusive].sort(byName),
      });
    });
  });

  test('every state has its expectations', () => {
    expect(series.states.map(({ id }) => id).filter((id) => expected[id] === undefined)).toEqual([]);
  });

  test('every claim is broken by a state and kept by another', () => {
    const models = Object.keys(expected).map((state) => series.model(state)!);
    for (const { id } of [...series.properties, ...series.stateClaims]) {
      const words = models.map((model) => wordOf(model, expected[model.state.id]!, id));
      expect(words, id).toContain('x');
      expect(words, id).toContain('.');
    }
  });

  test('the README of the series has the table', () => {
    const readme = readFileSync(join(ROOT, 'models', series.name, 'README.md'), 'utf8');
    const rows = readme.split('\n').map(cellsOf);
    for (const line of verdictTable(series, expected)) expect(rows, line).toContain(cellsOf(line));
  });
}

/** `x` violated, `.` holds, `?` inconclusive, nothing where the claim does not apply. */
function wordOf(model: Model, { violated, inconclusive = [] }: ExpectedVerdicts, id: string): string {
  const applies =
    model.properties.some((property) => property.id === id) ||
    model.stateVerdicts.some(({ property }) => property === id);
  return !applies ? '' : violated.includes(id) ? 'x' : inconclusive.includes(id) ? '?' : '.';
}

/** What a row of a table says, however wide its columns are. */
const cellsOf = (row: string): string =>
  row
    .replaceAll('`', '')
    .split('|')
    .map((cell) => cell.trim())
    .join('|')
    .replace(/-{3,}/g, '---');

/** Rows of a Markdown table: claims by states, but for mutants. */
export function verdictTable(series: Series, expected: ExpectedOf): string[] {
  const models = Object.keys(expected)
    .map((state) => series.model(state)!)
    .filter(({ state }) => state.source.status !== 'mutant');
  const rows = [
    ['', 'claim', ...models.map(({ state }) => `\`${state.id}\``)],
    ...[...series.properties, ...series.stateClaims].map(({ id, source }) => [
      source.invariant ?? '',
      `\`${id}\``,
      ...models.map((model) => wordOf(model, expected[model.state.id]!, id)),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(rows[0]!), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)];
}
