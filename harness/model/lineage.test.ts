import { describe, expect, test } from 'vitest';
import { lineageOf } from './lineage.ts';
import type { StateInfo } from './model.ts';
import { nursery } from './nursery.fixture.ts';
import type { Series } from './series.ts';
import type { Source } from './source.ts';

const state = (id: string, status: Source['status'] = 'posted', aliases?: readonly string[]): StateInfo => ({
  id,
  source: { status },
  about: '',
  ...(aliases === undefined ? {} : { aliases }),
});

const SERIES: Series = {
  ...nursery,
  states: [
    state('pre', 'merged', ['base']),
    state('v1'),
    state('v1+hp', 'inferred'),
    state('v1+mutant-listed-early', 'mutant'),
    state('v2'),
    state('v3', 'merged', ['mainline']),
    state('mainline+late', 'inferred'),
    state('post', 'merged'),
    state('v1+mutant-leak', 'mutant'),
    state('v1+hp+mutant-leak', 'mutant'),
    state('v1+mutant-leak+mutant-lock', 'mutant'),
    state('mainline+mutant-leak', 'mutant'),
    state('odd+mutant', 'mutant'),
  ],
};

describe('the states before', () => {
  test.each<[string, string, readonly string[]]>([
    ['the first are none', 'pre', []],
    ['a version are those listed before it', 'v1', ['pre']],
    ['a version leave mutants out', 'v2', ['pre', 'v1', 'v1+hp']],
    ['an alias are those of its state', 'mainline', ['pre', 'v1', 'v1+hp', 'v2']],
    ['an alias of the first are none', 'base', []],
    ['a state with a patch on top end with the one below it', 'v1+hp', ['pre', 'v1']],
    [
      'a state on top of an alias end with the one below it, whatever is listed between',
      'mainline+late',
      ['pre', 'v1', 'v1+hp', 'v2', 'v3'],
    ],
    ['a mutant end with the state below it', 'v1+mutant-leak', ['pre', 'v1']],
    ['a mutant of an alias, too', 'mainline+mutant-leak', ['pre', 'v1', 'v1+hp', 'v2', 'v3']],
    ['a mutant of a state with a patch on top', 'v1+hp+mutant-leak', ['pre', 'v1', 'v1+hp']],
    ['a mutant of a mutant end with a state that is none', 'v1+mutant-leak+mutant-lock', ['pre', 'v1']],
    ['a selection are those of its version', 'v2:1+2', ['pre', 'v1', 'v1+hp']],
    ['a selection of one patch', 'v2:1', ['pre', 'v1', 'v1+hp']],
    ['a selection of an alias', 'mainline:2', ['pre', 'v1', 'v1+hp', 'v2']],
    ['what there is not are none', 'v9', []],
  ])('%s: %s', (_what, id, expected) => {
    expect(lineageOf(SERIES, id)).toEqual(expected);
  });
});
