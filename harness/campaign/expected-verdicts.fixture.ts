/** Searches each state of a series and holds the verdicts against what is expected of it, in both directions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { gatedIds } from '../cli/gate-models.ts';
import { entryPaths } from '../corpus.ts';
import { type ExpectedVerdict, expectationOf } from '../model/expectation.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { runChunk, type SearchOptions } from './chunk.ts';
import { type GateRules, gateCells } from './gate.ts';
import { mergeResult } from './merge.ts';
import { type KnownFailure, runKnown, runSmall } from './opening.ts';
import type { ModelResult } from './result.ts';

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

function searched(model: Model): ModelResult {
  const options = optionsOf(model);
  const chunks = [
    runKnown(model, options, stored(model)),
    runSmall(model, options, Number.POSITIVE_INFINITY),
    ...Array.from({ length: CHUNKS }, (_, chunk) => runChunk(model, options, chunk, SEQUENCES)),
  ];
  return mergeResult(model, options, chunks, [], null);
}

/** No date counts as come: a test that begins to fail one day says nothing of the change that it runs on. */
const RULES: GateRules = { today: '', decides: true };

/** The tests of a series: every state, every claim, and the table of its README. */
export function testExpectedVerdicts(series: Series): void {
  const ids = gatedIds(series);

  describe.each(ids)('%s', (id) => {
    test('breaks the claims that it is expected to break, and no other', () => {
      const model = series.model(id)!;
      const cells = gateCells(series, model, searched(model), RULES);
      const surprises = cells.filter(({ problem }) => problem !== null);
      expect(
        surprises.map(({ property, expected, found }) => `${property}: expected ${expected}, found ${found}`),
      ).toEqual([]);
    });
  });

  test('every claim is broken by a state and kept by another', () => {
    for (const { id } of [...series.properties, ...series.stateClaims]) {
      const words = ids.map((state) => wordOf(series, state, id));
      expect(words, id).toContain('x');
      expect(words, id).toContain('.');
    }
  });

  test('the README of the series has the table', () => {
    const readme = readFileSync(join(ROOT, 'models', series.name, 'README.md'), 'utf8');
    const rows = readme.split('\n').map(cellsOf);
    for (const line of verdictTable(series)) expect(rows, line).toContain(cellsOf(line));
  });
}

const WORDS: Readonly<Record<ExpectedVerdict, string>> = {
  violated: 'x',
  holds: '.',
  inconclusive: '?',
  'may be violated': 'x?',
};

/** Nothing where the claim does not apply. */
function wordOf(series: Series, stateId: string, claim: string): string {
  const { properties, stateVerdicts } = series.model(stateId)!;
  const applies =
    properties.some(({ id }) => id === claim) || stateVerdicts.some(({ property }) => property === claim);
  return applies ? WORDS[expectationOf(series.expectations, stateId, claim)?.verdict ?? 'holds'] : '';
}

/** What a row of a table says, however wide its columns are. */
const cellsOf = (row: string): string =>
  row
    .replaceAll('`', '')
    .split('|')
    .map((cell) => cell.trim())
    .join('|')
    .replace(/-{3,}/g, '---');

/** Rows of a Markdown table: claims by states, but for mutants. Selections stand behind their version. */
export function verdictTable(series: Series): string[] {
  const gated = gatedIds(series);
  const ids = series.states
    .filter(({ source }) => source.status !== 'mutant')
    .flatMap(({ id }) => [id, ...gated.filter((one) => one.startsWith(`${id}:`)).sort(bySelection)]);
  const rows = [
    ['', 'claim', ...ids.map((id) => `\`${id}\``)],
    ...[...series.properties, ...series.stateClaims].map(({ id, source }) => [
      source.invariant ?? '',
      `\`${id}\``,
      ...ids.map((state) => wordOf(series, state, id)),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(rows[0]!), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)];
}

/** Fewer patches first. */
const bySelection = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
