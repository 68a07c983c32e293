/** Holds the list of mutations that may survive against the mutations that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutationName } from '../model/mutation.ts';
import type { Series } from '../model/series.ts';
import { mutationsOf } from './mutations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `states`: those of which the README of the series gives the score. */
export function testSurvivors(series: Series, states: readonly string[]): void {
  const named = series.survivors.flatMap(({ mutations }) => mutations);

  test('what may survive is a mutation of one of these states, and has one reason', () => {
    const there = new Set(states.flatMap((id) => mutationsOf(series.model(id)!).map(mutationName)));

    expect(named.filter((name) => !there.has(name))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  test('the README names each function of which something may survive, and each state', () => {
    const readme = readFileSync(join(ROOT, 'models', series.name, 'README.md'), 'utf8');
    const section = /^## Mutants that survive\n.*?(?=^## )/ms.exec(readme)?.[0] ?? '';
    const functions = named.map((name) => /^[a-z-]+\((?<where>[^,)]+)/.exec(name)!.groups!.where!);

    expect(functions.filter((name) => !section.includes(name))).toEqual([]);
    expect(states.filter((id) => !section.includes(id))).toEqual([]);
  });
}
