import { describe, expect, test } from 'vitest';
import { counterSeries } from '../campaign/counter.fixture.ts';
import { UsageError } from './exit.ts';
import { nearest } from './nearest.ts';
import { loadSeries } from './registry.ts';
import { labelled, selectModel, selectModels, selectProperties } from './select.ts';

const series = await loadSeries();
const zpciIo = series.filter(({ name }) => name === 'zpci-io');

const ids = (...patterns: string[]): string[] => selectModels(zpciIo, patterns).map(({ id }) => id);

describe('models are selected', () => {
  test.each([
    { patterns: ['v3'], models: ['zpci-io/v3'] },
    { patterns: ['zpci-io/v1+hp'], models: ['zpci-io/v1+hp'] },
    { patterns: ['v1+hp'], models: ['zpci-io/v1+hp'] },
    { patterns: ['v1:1+2'], models: ['zpci-io/v1:1+2'] },
    { patterns: ['v1:0'], models: ['zpci-io/v1:0'] },
    { patterns: ['v1:1+2+3+4'], models: ['zpci-io/v1:1+2+3+4'] },
    { patterns: ['v1', 'zpci-io/v1'], models: ['zpci-io/v1'] },
    { patterns: ['v3', 'v1'], models: ['zpci-io/v3', 'zpci-io/v1'] },
    { patterns: ['v1*'], models: ['zpci-io/v1', 'zpci-io/v1+hp'] },
    { patterns: ['zpci-io/v{1,3}'], models: ['zpci-io/v1', 'zpci-io/v3'] },
    { patterns: ['*/v3'], models: ['zpci-io/v3'] },
    { patterns: ['v[13]'], models: ['zpci-io/v1', 'zpci-io/v3'] },
  ])('by $patterns', ({ patterns, models }) => {
    expect(ids(...patterns)).toEqual(models);
  });

  test('by a glob without mutants, unless it names them', () => {
    expect(ids('zpci-io/*').filter((id) => id.includes('mutant'))).toEqual([]);
    expect(ids('zpci-io/*').length).toBeGreaterThanOrEqual(9);
    const mutants = ids('zpci-io/*mutant*');
    expect(mutants.length).toBeGreaterThan(3);
    expect(mutants.every((id) => id.includes('+mutant-'))).toBe(true);
  });

  test('by a glob over several series', () => {
    expect(selectModels([...zpciIo, counterSeries], ['*/{v1,locked}']).map(({ id }) => id)).toEqual([
      'zpci-io/v1',
      'counter/locked',
    ]);
  });

  test('by a glob for another name, where no name of the series matches', () => {
    const found = (glob: string): string[] => selectModels(series, [glob]).map(({ id }) => id);
    expect(found('*/mainline')).toEqual(
      series.map(({ name }) => `${name}/mainline`).filter((id) => id !== 'msix-mmap/mainline'),
    );
    expect(found('vfio-mmap/main*')).toEqual(['vfio-mmap/mainline']);
    expect(found('vfio-mmap/*')).not.toContain('vfio-mmap/mainline');
  });

  test('with all patches of a version, as the version is', () => {
    const [some] = selectModels(zpciIo, ['v1:1+2+3+4']);
    const [whole] = selectModels(zpciIo, ['v1']);
    expect(some!.functions).toEqual(whole!.functions);
    expect(some!.patches.map(({ id }) => id)).toEqual(whole!.patches.map(({ id }) => id));
  });
});

describe('no model is selected by', () => {
  test.each(['v9', 'zpci-io/', '/', '', 'V3', 'v1:', 'v1:5', 'v1:1+1', 'v1:01', 'v1+hp:1', 'v1:-1', 'nope*'])(
    '%j',
    (pattern) => {
      expect(() => ids(pattern)).toThrow(UsageError);
      expect(() => ids(pattern)).toThrow(
        /^unknown model ".*"(: .*)?\. Nearest: \S+ \([^)]+\), \S+ \([^)]+\), \S+ \([^)]+\)\. `zpci-fuzz list models` shows all \d+; a version's patches are picked as in v1:1\+2\.$/,
      );
    },
  );

  test.each([
    ['v1:5', 'v1 has patches 1 to 4, named as in v1:1+2; v1:0 is none of them'],
    ['v1:1+1', 'patch 1 is named twice'],
    ['pre:1', 'pre has no patches to pick from'],
    ['v1+hp:1', 'v1+hp is a version with a patch on top, of which none can be picked'],
  ])('%s, and the message says why', (pattern, why) => {
    expect(() => ids(pattern)).toThrow(`unknown model "${pattern}": ${why}. Nearest: `);
  });

  test('the name of a series alone', () => {
    expect(() => ids('zpci-io')).toThrow(
      '"zpci-io" is a series, not a model: name a state of it, as "zpci-io/pre", or all of them with "zpci-io/*".',
    );
  });

  test.each(['v1:4', 'v1:1+2+4', 'v1:4+3'])(
    '%s, whose last patch does not build without the third before it',
    (pattern) => {
      expect(() => ids(pattern)).toThrow(
        new UsageError(
          `zpci-io/${pattern} does not build: patch 4/4 ("vfio-pci/zdev: Introduce the zPCI I/O vfio region") uses what patch 3/4 introduces, and that one is not applied before it.`,
        ),
      );
    },
  );
});

describe('one model is selected', () => {
  test('by its name', () => {
    expect(selectModel(zpciIo, 'v3').id).toBe('zpci-io/v3');
  });

  test('by a glob that only it matches', () => {
    expect(selectModel(zpciIo, 'v1+h*').id).toBe('zpci-io/v1+hp');
  });

  test('by no glob that others match too', () => {
    expect(() => selectModel(zpciIo, 'v1*')).toThrow('"v1*" matches 2 models; name one of them.');
  });
});

describe('claims are selected', () => {
  test('all where none is named', () => {
    expect(selectProperties(zpciIo, []).length).toBe(zpciIo[0]!.properties.length);
  });

  test.each([
    { globs: ['no-deadlock'], expected: ['no-deadlock'] },
    { globs: ['no-deadlock*'], expected: ['no-deadlock-on-hot-unplug', 'no-deadlock'] },
    { globs: ['no-deadlock', 'no-deadl*k'], expected: ['no-deadlock'] },
  ])('by $globs', ({ globs, expected }) => {
    expect(selectProperties(zpciIo, globs)).toEqual(expected);
  });

  test('not by a name that matches none', () => {
    expect(() => selectProperties(zpciIo, ['no-deadlokc'])).toThrow(
      /^unknown property "no-deadlokc"\. Nearest: no-deadlock, \S+, \S+\. `zpci-fuzz list properties` shows all \d+\.$/,
    );
  });
});

test('the nearest names need the fewest edits, with the series or without', () => {
  expect(nearest('v22', ['zpci-io/v1', 'zpci-io/v2', 'other/v2', 'other/rfc'])).toEqual([
    'other/v2',
    'zpci-io/v2',
    'zpci-io/v1',
  ]);
});

test.each([
  ['v1', 'zpci-io/v1 (posted 2021-01-19)'],
  ['v2', 'zpci-io/v2 (inferred)'],
  ['v3', 'zpci-io/v3 (proposed in review 2021-01-27)'],
  ['v1:0', 'zpci-io/v1:0 (posted 2021-01-19)'],
])('%s is never named without saying where it comes from', (name, expected) => {
  expect(labelled(selectModel(zpciIo, name))).toBe(expected);
});
