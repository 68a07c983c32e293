import { describe, expect, test } from 'vitest';
import type { StateVerdict } from '../harness/model/state-claim.ts';
import { factLines, factsConclusion } from './fact-lines.ts';
import { factsJson } from './facts-json.ts';

const broken: StateVerdict = {
  property: 'every-prefix-builds',
  claim: 'every prefix builds on every architecture',
  verdict: 'violated',
  findings: [
    {
      kind: 'module-does-not-link',
      message:
        'On powerpc with CONFIG_VFIO_PCI_CORE=m modpost finds no exported symbol for what IOREMAP_END is there.',
      expected: ['links'],
      actual: ['modpost: undefined'],
      source: 'posted 2024-06-18, <20240618095134.41478bbf@>',
    },
  ],
};
const kept: StateVerdict = { property: 'other', claim: 'another', verdict: 'holds', findings: [] };

const textOf = (facts: readonly StateVerdict[]): string[] =>
  factLines(facts, 60).map((line) => line.map(({ text }) => text).join(''));

describe('claims about the state itself', () => {
  test('are shown as decided by facts, with where these are to be read', () => {
    expect(textOf([broken, kept])).toEqual([
      'decided by cited facts, not by executions',
      '  violated      every-prefix-builds',
      '      module-does-not-link: On powerpc with',
      '        CONFIG_VFIO_PCI_CORE=m modpost finds no exported',
      '        symbol for what IOREMAP_END is there.',
      '        posted 2024-06-18, <20240618095134.41478bbf@>',
      '  holds         other',
    ]);
  });

  test('leave no trace where a series has none', () => expect(textOf([])).toEqual([]));

  test('are counted apart', () => {
    expect(factsConclusion([broken, kept])).toBe(
      'violated: 1 of 2 claims, by cited facts; nothing was executed',
    );
    expect(factsConclusion([kept])).toBe('holds: 1 claim, by cited facts; nothing was executed');
  });

  test('are plain JSON', () => expect(factsJson([broken, kept])).toEqual([broken, kept]));
});
