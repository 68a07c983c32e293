import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from '../folder.fixture.ts';
import { start } from './process.fixture.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Counts {
  readonly total: number;
  readonly corpus: number;
  readonly search: number;
  readonly never: readonly unknown[];
}
interface Reaches {
  readonly functions: Counts;
  readonly steps: Counts;
  readonly errnos: Counts;
  readonly situations: Counts;
}
interface Document {
  readonly models: readonly (Reaches & {
    readonly model: string;
    readonly corpus: { readonly sequences: number };
    readonly search: { readonly returns: { readonly [operation: string]: readonly number[] } };
  })[];
  readonly series: readonly (Reaches & { readonly states: number })[];
}

const covered = async (...args: string[]): Promise<Document> => {
  const { code, stdout, stderr } = await start(['coverage', ...args, '--json'], { cwd: ROOT }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Document;
};

describe('coverage', () => {
  test('counts what the corpus and what the search reaches, and names what neither does', async () => {
    const { models } = await covered('zpci-io/mainline', '--runs', '20');
    const [mainline] = models;

    expect(mainline!.corpus.sequences).toBeGreaterThan(0);
    for (const { total, corpus, search, never } of [
      mainline!.functions,
      mainline!.steps,
      mainline!.situations,
    ]) {
      expect(corpus).toBeGreaterThan(0);
      expect(search).toBeGreaterThan(corpus);
      expect(search).toBeLessThanOrEqual(total);
      expect(never.length).toBeLessThanOrEqual(total - search);
    }
    // No position of the vocabulary names config space.
    expect(mainline!.errnos.never).toContainEqual({
      file: 'vfio-pci',
      function: 'vfio_pci_rw',
      text: '-EFAULT',
    });
    expect(mainline!.search.returns.bar_write).toContain(-22);
  }, 60_000);

  test('an empty corpus reaches nothing', async () => {
    const { models } = await covered('s2-memattr/v3', '--runs', '0', '--corpus', new Folder().path);

    expect(models[0]!.corpus.sequences).toBe(0);
    expect(models[0]!.steps.corpus).toBe(0);
    expect(models[0]!.steps.search).toBeGreaterThan(0);
  }, 60_000);

  test('what one state of a series misses another may reach, whatever was measured before it', async () => {
    const { models, series } = await covered('zpci-io/mainline', 'zpci-io/v3', '--runs', '0');
    const alone = await covered('zpci-io/v3', '--runs', '0');

    expect(models[1]).toEqual(alone.models[0]);
    expect(series).toHaveLength(1);
    expect(series[0]!.states).toBe(2);
    expect(series[0]!.steps.total).toBeGreaterThan(Math.max(...models.map(({ steps }) => steps.total)));
    const missed = models.flatMap(({ steps }) => steps.never);
    for (const step of series[0]!.steps.never) expect(missed).toContainEqual(step);
  }, 60_000);

  test('the same bytes each time, at 80 columns', async () => {
    const runs = [0, 1].map(
      () => start(['coverage', 's2-memattr/v3', '--runs', '20', '-q'], { cwd: ROOT }).ended,
    );
    const [one, other] = await Promise.all(runs);

    expect(one).toEqual(other);
    expect(one!.stdout).toContain('operations by state');
    for (const line of one!.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  }, 60_000);
});
