import { describe, expect, test } from 'vitest';
import { PROFILES, parseGateOptions } from './gate-options.ts';
import { Repository } from './repository.fixture.ts';

const HEAD = new Repository().commit();

describe('the flags of the gate', () => {
  const FLAGS = {
    model: [],
    property: [],
    runs: undefined,
    time: undefined,
    seed: undefined,
    'max-ops': '6',
    'max-steps': '5000',
    'max-schedules': '2000',
    strategy: 'portfolio',
    jobs: '1',
    shard: '1/1',
    reporter: [],
    corpus: 'corpus',
    save: true,
    bail: false,
    json: false,
    quiet: false,
    profile: 'quick',
    changed: undefined,
    all: false,
    'exit-style': 'plain' as 'plain' | 'bisect',
  };
  const parse = (changes: Partial<typeof FLAGS> | { readonly [flag: string]: string }, env = {}) =>
    parseGateOptions({ ...FLAGS, ...changes }, env);

  test('stand for a profile, whose runs can be overruled', () => {
    for (const profile of PROFILES) {
      expect(parse({ profile: profile.name })).toMatchObject({ profile, runs: profile.runs, changed: null });
    }
    expect(parse({ runs: '7' }).runs).toBe(7);
  });

  test('say whether git bisect run asks', () => {
    expect(parse({})).toMatchObject({ bisecting: false, all: false });
    expect(parse({ 'exit-style': 'bisect', all: true })).toMatchObject({ bisecting: true, all: true });
  });

  test('bound the search also where --time does', () => {
    expect(parse({ time: '30s' })).toMatchObject({ timeMs: 30_000, runs: PROFILES[0]!.runs });
  });

  test('have a seed that is known beforehand', () => {
    expect(parse({}).seed).toBe(1);
    expect(parse({}, { ZPCI_FUZZ_SEED: '7' }).seed).toBe(7);
    expect(parse({ seed: '0x10' }, { ZPCI_FUZZ_SEED: '7' }).seed).toBe(16);
    expect(parse({ seed: 'commit' }, { ZPCI_FUZZ_SEED: '7' }).seed).toBe(Number(`0x${HEAD.slice(0, 8)}`));
  });

  test.each([
    [{ profile: 'fast' }, {}, '--profile is "fast"; allowed: quick, ci, nightly.'],
    [{ seed: 'comit' }, {}, '--seed is "comit"; allowed: a whole number from 0 to 4294967295, or "commit".'],
    [{}, { ZPCI_FUZZ_SEED: 'x' }, 'ZPCI_FUZZ_SEED is "x"; allowed: a whole number from 0 to 4294967295.'],
    [{ runs: '0' }, {}, '--runs is "0"; allowed: a whole number from 1 to 1000000000000.'],
  ])('are refused: %j %j', (changes, env, says) => {
    expect(() => parse(changes, env)).toThrow(says);
  });
});
