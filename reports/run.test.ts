import { describe, expect, it } from 'vitest';
import { NOTHING_COVERED } from '../harness/campaign/coverage-by.ts';
import type { ModelResult, Verdict } from '../harness/campaign/result.ts';
import { UNPRINTABLE, widestLine } from './recordings.fixture.ts';
import { runJson } from './run-json.ts';
import { renderModelResult } from './run-summary.ts';

const holds = (property: string): Verdict => ({
  property,
  claim: `${property} is so`,
  verdict: 'holds',
  exercised: 31234,
  kinds: [],
});
const unexercised: Verdict = {
  property: 'pins-balanced',
  claim: 'pins are balanced',
  verdict: 'inconclusive',
  reason: 'never exercised',
  exercised: 0,
  kinds: [],
};
const violated: Verdict = {
  property: 'request-executes-as-validated',
  claim: 'what is checked is executed',
  verdict: 'violated',
  exercised: 40000,
  kinds: [
    { kind: 'load-longer-than-8', executions: 1234 },
    { kind: 'gaddr-changed', executions: 2 },
  ],
};

function resultOf(verdicts: readonly Verdict[], stopped: ModelResult['stopped'] = null): ModelResult {
  return {
    model: 'zpci-io/v3',
    stopped,
    verdicts,
    facts: [],
    counterexamples: [],
    hangs: [],
    lockOrder: { locks: ['a', 'b'], asks: [], closed: [], predicted: [] },
    coverage: {
      sequences: 2500,
      executions: 40000,
      distinctSchedules: 31234,
      steps: 1234567,
      deadlocks: 1,
      endlessByDesign: 0,
      livelocks: 0,
      stepLimits: 0,
      by: NOTHING_COVERED,
      functions: 23,
      functionsNeverReached: ['reset_slot', 'zpci_store'],
      returns: { region_write: [-22, -14, -5, 32], power_off: [0] },
    },
  };
}

const info = { label: 'proposed in review 2021-01-27', about: 'A derived driver. Nobody posted a v3.' };
const options = { color: false, width: 80 };
const lastLines = (text: string) => text.trimEnd().split('\n\n').at(-1)!;

describe('renderModelResult', () => {
  it('puts what needs a reader first, and says what the verdicts rest on', () => {
    const result = resultOf([holds('no-deadlock'), unexercised, violated], 'time');
    expect(renderModelResult(result, info, options)).toMatchInlineSnapshot(`
      "zpci-io/v3 (proposed in review 2021-01-27)
      A derived driver. Nobody posted a v3.

        violated      request-executes-as-validated  1,234x load-longer-than-8
                                                     2x gaddr-changed
        inconclusive  pins-balanced                  never exercised
        holds         no-deadlock                    exercised 31,234x

      covered  2,500 operation sequences, 40,000 executions, 31,234 distinct
               schedules, 1,234,567 steps
      reached  21 of 23 functions; never reached: reset_slot, zpci_store
      returns  region_write: -22, -14, -5, 32
               power_off: 0
      ended    1 execution in a deadlock, 0 at the step limit
      locks    2 locks, nested in 0 orders, no cycle
      stopped  by --time, before the number of runs was reached

      violated: 1 of 3 claims; inconclusive: 1
      "
    `);
  });

  it('calls a pass a bounded search', () => {
    const text = renderModelResult(resultOf([holds('a'), holds('b')]), info, { color: false, width: 120 });
    expect(lastLines(text)).toBe(
      'holds: 2 claims, on 40,000 executions of 2,500 operation sequences (bounded search, not a proof)',
    );
    expect(text).not.toMatch(/proved|proven|verified|correct/);
  });

  it('does not count a claim that was never exercised as held', () => {
    const text = renderModelResult(resultOf([holds('a'), unexercised]), info, { color: false, width: 120 });
    expect(lastLines(text)).toMatch(/^holds: 1 claim, .*; inconclusive: 1$/);
    const none = renderModelResult(resultOf([unexercised]), info, { color: false, width: 120 });
    expect(lastLines(none)).toMatch(/^inconclusive: 1 claim, /);
  });

  it('exceeds no width and prints nothing that a terminal obeys', () => {
    const hostile = { ...unexercised, reason: 'because\u001b[2J\u202e\nof that' };
    const result = resultOf([violated, hostile, holds('a-claim-whose-name-goes-on-and-on-and-on-for-long')]);
    for (const width of [24, 40, 60, 80, 100]) {
      const text = renderModelResult(result, info, { color: false, width });
      expect(widestLine(text)).toBeLessThanOrEqual(width);
      expect(text).not.toMatch(UNPRINTABLE);
    }
  });
});

describe('runJson', () => {
  const settings = {
    version: '1.2.3',
    seed: 7,
    shard: '1/1',
    runs: 2500,
    strategy: 'portfolio',
    maxOps: 6,
    maxSteps: 10000,
    maxSchedules: 2000,
  } as const;
  const labels = new Map([
    ['zpci-io/v3', { label: 'proposed in review 2021-01-27', status: 'proposed in review' as const }],
  ]);

  it('is plain data with every state labelled, in a fixed order of keys', () => {
    const json = runJson({ settings, results: [resultOf([violated, unexercised])], labels });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      format: 1,
      tool: 'zpci-fuzz',
      seed: 7,
      models: [
        {
          model: 'zpci-io/v3',
          provenance: { status: 'proposed in review' },
          stopped: null,
          counterexamples: [],
        },
      ],
    });
    expect(json.models[0]!.verdicts).toEqual([violated, unexercised]);
    expect(Object.keys(json.models[0]!.coverage.returns)).toEqual(['power_off', 'region_write']);
  });

  it('gives the same bytes whatever order the results were built in', () => {
    const result = resultOf([violated]);
    const { coverage, ...rest } = result;
    const rebuilt = {
      coverage: {
        ...coverage,
        returns: Object.fromEntries(Object.entries(coverage.returns).reverse()),
      },
      ...rest,
    };
    const bytes = (results: readonly ModelResult[]) => JSON.stringify(runJson({ settings, results, labels }));
    expect(bytes([rebuilt])).toBe(bytes([result]));
  });

  it('keeps counterexamples as they can be replayed', () => {
    const scenario = {
      schedule: ['user0'],
      ops: [{ actor: 'user0', op: 'memory_disable' }],
      model: 'zpci-io/v3',
      format: 1 as const,
    };
    const found = {
      property: 'p',
      kind: 'k',
      scenario,
      minimal: true,
      foundWith: { ops: 5, run: 3 },
    };
    const json = runJson({ settings, results: [{ ...resultOf([]), counterexamples: [found] }], labels });
    expect(json.models[0]!.counterexamples).toEqual([found]);
    expect(Object.keys(json.models[0]!.counterexamples[0]!.scenario)).toEqual([
      'format',
      'model',
      'ops',
      'schedule',
    ]);
  });

  it('refuses a state without a label', () => {
    expect(() => runJson({ settings, results: [resultOf([])], labels: new Map() })).toThrow(
      'expected a provenance label for zpci-io/v3, got them for no model',
    );
  });
});
