import type { Log, Result } from 'sarif';
import { describe, expect, test } from 'vitest';
import { NOTHING_COVERED } from '../../harness/campaign/coverage-by.ts';
import type { PredictedDeadlock } from '../../harness/machine/lock-order-cycles.ts';
import type { Recording } from '../../harness/scenario/recording.ts';
import {
  crowdedDeadlock,
  deadlock,
  everyRecording,
  hostile,
  longRun,
  memoryDisabled,
  race,
  UNPRINTABLE,
  widestLine,
} from '../recordings.fixture.ts';
import { ascii } from './ascii.ts';
import type { Diagram } from './diagram.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { junit } from './junit.ts';
import { ktap } from './ktap.ts';
import { ktapTests } from './ktap-grammar.fixture.ts';
import { findingMail, mail } from './mail.ts';
import { mermaid } from './mermaid.ts';
import { mermaidDiagram } from './mermaid-grammar.fixture.ts';
import { sarif } from './sarif.ts';
import { sarifProblem } from './sarif-schema.fixture.ts';
import { predictedSplat, splat, splatReport } from './splat.ts';
import { type Failure, type Suite, tallyOf } from './suite.ts';
import { svg } from './svg.ts';
import { readXml, type XmlElement } from './xml-reader.fixture.ts';

const REPRODUCE = 'npx zpci-fuzz replay corpus/x.json';

const diagramOf = (recording: Recording): Diagram => ({
  recording,
  violation: recording.violations[0] ?? null,
  reproduce: REPRODUCE,
});

const failureOf = (recording: Recording): Failure => ({
  recording,
  violation: recording.violations[0]!,
  reproduce: REPRODUCE,
  entry: 'corpus/x.json',
});

/** One state with a case of each outcome. */
function suiteOf(recording: Recording): Suite {
  const failures = [failureOf(recording)];
  const { property } = failures[0]!.violation;
  return {
    model: recording.model,
    stopped: null,
    coverage: {
      sequences: 250,
      executions: 4_000,
      distinctSchedules: 3_000,
      steps: 90_000,
      deadlocks: 0,
      endlessByDesign: 0,
      livelocks: 0,
      stepLimits: 0,
      by: NOTHING_COVERED,
      functions: 20,
      functionsNeverReached: [],
      returns: {},
    },
    cases: [
      { name: property, claim: 'it is so', outcome: 'failure', reason: 'violated', failures },
      { name: 'holds-always', claim: 'it holds', outcome: 'pass', reason: '', failures: [] },
      {
        name: 'broken-as-known',
        claim: 'it is known',
        outcome: 'expected-failure',
        reason: 'as posted',
        failures,
      },
      {
        name: 'nothing-said',
        claim: 'it may be',
        outcome: 'skip',
        reason: 'inconclusive: never exercised',
        failures: [],
      },
      {
        name: 'comes-back',
        claim: 'the model comes back',
        outcome: 'error',
        reason: 'it hangs',
        failures: [],
      },
    ],
  };
}

const use = (lock: string) => ({ lock, shared: false });

/** Everything that a format might take for its own syntax. */
const EXOTIC = 'wrap: end #1; <b>&amp;</b> "q" `t` {x} %%{init} @$$ | é …';

/** A recording in which it stands wherever names and texts stand. */
function exotic(recording: Recording = memoryDisabled()): Recording {
  return {
    ...recording,
    violations: recording.violations.map((one) => ({ ...one, kind: EXOTIC, message: EXOTIC })),
    steps: recording.steps.map((step) => ({ ...step, actor: EXOTIC, function: EXOTIC, text: EXOTIC })),
  };
}

/** A state with one failure, whose message says this. */
function saying(said: string): Suite {
  const one = suiteOf(race());
  const failure = failureOf(race());
  const failures = [{ ...failure, violation: { ...failure.violation, message: said } }];
  return { ...one, cases: [{ ...one.cases[0]!, failures }] };
}

/** Many actors of one step each. */
function crowdOf(actors: number): Recording {
  const recording = memoryDisabled();
  const steps = Array.from({ length: actors }, (_, at) => ({ ...recording.steps[0]!, actor: `crowd${at}` }));
  return { ...recording, steps };
}

const SUITES = [suiteOf(race()), suiteOf(deadlock())];
const HOSTILE = everyRecording()
  .filter(({ violations }) => violations.length > 0)
  .map((recording) => suiteOf(hostile(recording)));

describe('golden', () => {
  test.each([
    ['ktap.txt', () => ktap(SUITES)],
    ['junit.xml', () => junit(SUITES)],
    ['sarif.txt', () => sarif(SUITES.slice(1), '0.1.0')],
    ['github.txt', () => githubAnnotations(SUITES)],
    ['github-summary.txt', () => githubSummary(SUITES)],
    ['mail.txt', () => findingMail(failureOf(deadlock()), '0.1.0')],
    ['mail-of-run.txt', () => mail(SUITES, '0.1.0')],
    ['mermaid.txt', () => mermaid(diagramOf(memoryDisabled()))],
    ['ascii.txt', () => ascii(diagramOf(deadlock()))],
    ['splat.txt', () => splat(deadlock(), REPRODUCE)],
    ['deadlock.svg', () => svg(diagramOf(deadlock()))],
  ])('%s', async (name, render) => expect(render()).toMatchFileSnapshot(`golden/${name}`));
});

describe('KTAP', () => {
  test('is what its grammar takes, with a result for each case', () => {
    const tests = ktapTests(ktap(SUITES));

    expect(tests.map(({ name }) => name)).toEqual(SUITES.map(({ model }) => model.id));
    expect(tests[0]!.subtests.map(({ ok, directive }) => `${ok} ${directive}`)).toEqual([
      'false ',
      'true ',
      'true XFAIL',
      'true SKIP',
      'false ERROR',
    ]);
  });

  test('stays so whatever stands in a scenario', () => {
    for (const suite of HOSTILE) expect(ktapTests(ktap([suite]))[0]!.subtests).toHaveLength(5);
  });

  test.each([
    'Subtest: another',
    'ok 1 another',
    '1..7',
    'KTAP version 1',
    'reboot: System halted',
    'List of all partitions:',
    'Kernel panic - not syncing: VFS: no root',
    'x: kunit test case crashed!',
    'known # # SKIP this',
    'trailing \n',
  ])('says %j and means no more by it', (said) => {
    const [one] = SUITES;
    const [broken, holds, expected, skipped, hangs] = one!.cases;
    const failure = {
      ...broken!.failures[0]!,
      violation: { ...broken!.failures[0]!.violation, message: said },
    };
    const cases = [
      { ...broken!, failures: [failure] },
      holds!,
      { ...expected!, reason: said },
      { ...skipped!, reason: said },
      { ...hangs!, reason: said },
      { ...broken!, name: 'said', reason: said, failures: [] },
    ];
    const [test] = ktapTests(ktap([{ ...one!, cases }]));
    expect(test!.subtests.map(({ directive }) => directive)).toEqual(['', '', 'XFAIL', 'SKIP', 'ERROR', '']);
  });

  test('skips a state of which nothing could be said', () => {
    const [one] = SUITES;
    const cases = one!.cases.filter(({ outcome }) => outcome === 'skip');
    const tests = ktapTests(ktap([{ ...one!, cases }])).map(({ directive }) => directive);
    expect(tests).toEqual(['SKIP']);
  });
});

describe("KTAP's grammar", () => {
  const GOOD = [
    'KTAP version 1',
    '1..2',
    '  KTAP version 1',
    '  # Subtest: a',
    '  # said',
    '  1..2',
    '  ok 1 b # XFAIL known',
    '  # said',
    '  not ok 2 c',
    'not ok 1 a',
    'ok 2 d # SKIP',
    '# Totals: pass:0 fail:1 xfail:1 xpass:0 skip:1 error:0',
  ];
  const read = (lines: readonly string[]) => ktapTests(lines.map((line) => `${line}\n`).join(''));
  /** The good text with some lines in the place of one that begins so. */
  const but = (start: string, ...lines: readonly string[]) =>
    GOOD.flatMap((line) => (line.startsWith(start) ? lines : [line]));

  test('takes a good text', () =>
    expect(read(GOOD).map(({ name, ok }) => ({ name, ok }))).toEqual([
      { name: 'a', ok: false },
      { name: 'd', ok: true },
    ]));

  test.each([
    ['no version line', but('KTAP version 1'), 'no version line'],
    ['no version line of a subtest', but('  KTAP version 1'), 'no version line'],
    ['no name of a subtest', but('  # Subtest'), 'no name'],
    ['another name', but('  # Subtest', '  # Subtest: b'), 'behind the subtests of b'],
    ['no plan', but('1..2'), 'no plan'],
    ['no plan of a subtest', but('  1..2'), 'no plan'],
    ['a plan of nothing', but('  1..2', '  1..0'), 'no plan'],
    ['too few results', but('  ok 1'), 'number 2, expected 1'],
    ['fewer results than planned', but('1..2', '1..3'), 'the plan says 3'],
    ['more results than planned', but('ok 2', 'ok 2 d # SKIP', 'ok 3 e'), 'belongs to nothing'],
    ['a wrong number', but('ok 2', 'ok 3 d # SKIP'), 'number 3, expected 2'],
    ['a result before its subtests', but('1..2', '1..2', 'not ok 1 a'), 'number 1, expected 2'],
    ['ok though a subtest is not', but('not ok 1', 'ok 1 a'), 'ok though'],
    ['ok with ERROR', but('ok 2', 'ok 2 d # ERROR x'), 'ok with ERROR'],
    ['a second directive', but('ok 2', 'ok 2 d # XFAIL x # SKIP'), 'two directives'],
    ['a result without a name', but('ok 2', 'ok 2'), 'no result'],
    ['a line of the console', but('  # said', '  said'), 'no'],
    ['a subtest in a diagnostic', but('  # said', '  # Subtest: e'), 'no diagnostic'],
    ['the end of a kernel', but('  # said', '  # reboot: System halted'), 'no diagnostic'],
    ['a tab', but('  not ok 2', '\tnot ok 2 c'), 'the plan says 2'],
    ['no totals', GOOD.slice(0, -1), 'no totals'],
    [
      'wrong totals',
      but('# Totals', '# Totals: pass:1 fail:1 xfail:1 xpass:0 skip:1 error:0'),
      'wrong totals',
    ],
    ['spaces at the end', but('ok 2', 'ok 2 d # SKIP '), 'spaces'],
  ])('refuses %s', (_, lines, says) => expect(() => read(lines)).toThrow(says));
});

test('each format says how to reproduce, and has nothing that a terminal obeys', () => {
  for (const suite of [...SUITES, ...HOSTILE]) {
    const [failure] = suite.cases[0]!.failures;
    const texts = [
      ktap([suite]),
      junit([suite]),
      sarif([suite], '0.1.0'),
      githubAnnotations([suite]),
      githubSummary([suite]),
      findingMail(failure!, '0.1.0'),
      mail([suite], '0.1.0'),
    ];
    for (const text of texts) {
      expect(text).toContain('npx zpci-fuzz replay corpus/x.json');
      expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    }
  }
});

describe('a mail', () => {
  test('has at most 75 columns', () => {
    for (const recording of everyRecording()) {
      if (recording.violations.length === 0) continue;
      const texts = [findingMail(failureOf(recording), '0.1.0'), mail([suiteOf(recording)], '0.1.0')];
      for (const line of texts.join('').split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(75);
    }
  });

  test('has the scenario in it, which gives the same execution', () => {
    for (const recording of everyRecording()) {
      if (recording.violations.length === 0) continue;
      const text = findingMail(failureOf(recording), '0.1.0');
      const scenario = JSON.parse(text.slice(text.indexOf('\n{\n'), text.lastIndexOf('\n}\n') + 2));
      expect(scenario).toEqual(recording.scenario);
    }
  });

  test('of a run says what holds, and what nothing can be said of', () => {
    const text = mail([suiteOf(race())], '0.1.0').replace(/\s+/g, ' ');
    expect(text).toContain('Holds, as far as it was searched (1 claim): holds-always.');
    expect(text).toContain('Nothing can be said (1 claim): nothing-said.');
    expect(text).toContain('Broken, and known to be (1 claim): broken-as-known.');
  });

  test('says so where there is no issue', () => {
    const { cases, ...suite } = suiteOf(race());
    const text = mail([{ ...suite, cases: cases.filter(({ outcome }) => outcome === 'pass') }], '0.1.0');
    expect(text).toContain('and found no issue.');
    expect(text).toContain('Covered: 4,000 executions');
  });
});

describe('JUnit', () => {
  const casesOf = (suite: Suite): readonly XmlElement[] => {
    const root = readXml(junit([suite]));
    expect(root.name).toBe('testsuites');
    return root.children[0]!.children.filter(({ name }) => name === 'testcase');
  };

  test('has a case for each claim, with what readers count by', () => {
    const [failed, passed, expected, skipped, broken] = casesOf(SUITES[0]!);
    const partsOf = (one: XmlElement): string[] => one.children.map(({ name }) => name);

    expect(partsOf(failed!)).toEqual(['failure', 'system-out']);
    expect(failed!.children[0]!.text).toMatch(/\nreproduce: npx zpci-fuzz replay corpus\/x\.json$/);
    expect(partsOf(passed!)).toEqual(['system-out']);
    expect(expected!.children[0]!.text).toMatch(/^claim: it is known\nexpected failure: as posted\n/);
    expect(partsOf(skipped!)).toEqual(['skipped', 'system-out']);
    expect(partsOf(broken!)).toEqual(['error', 'system-out']);
    const [suite] = readXml(junit(SUITES)).children;
    const counts = ['tests', 'failures', 'errors', 'skipped'].map((name) => suite!.attributes.get(name));
    expect(counts).toEqual(['5', '1', '1', '1']);
  });

  test('can be read back, whatever stands in a scenario', () => {
    for (const suite of HOSTILE) expect(casesOf(suite)).toHaveLength(5);
    for (const said of ['<a b="c">&amp;</a>', ']]>', '\ufffe\uffff', 'é …😀', '\'"&#0;', '--></testcase>']) {
      const [one] = casesOf(saying(said));
      const shown = said.replaceAll(/[\ufffe\uffff]/g, '\ufffd');
      expect(one!.children[0]!.attributes.get('message')).toBe(shown);
      expect(one!.children[0]!.text).toContain(`\n${shown}\n`);
    }
  });
});

describe('SVG', () => {
  test('can be read back, whatever stands in a scenario, and has what to reproduce it with', () => {
    for (const recording of [...everyRecording().flatMap((one) => [one, hostile(one)]), exotic(race())]) {
      const root = readXml(svg(diagramOf(recording)));
      expect(root.name).toBe('svg');
      expect(root.children.find(({ name }) => name === 'desc')!.text).toBe(`reproduce: ${REPRODUCE}`);
      const [width, height] = ['width', 'height'].map((name) => Number(root.attributes.get(name)));
      for (const one of root.children.filter(({ name }) => name === 'text')) {
        const columns = [one, ...one.children].reduce((sum, { text }) => sum + Array.from(text).length, 0);
        const [x, y] = ['x', 'y'].map((name) => Number(one.attributes.get(name)));
        expect(x! + columns * 7.3).toBeLessThan(width!);
        expect(y).toBeLessThan(height!);
      }
    }
  });

  test('cuts off what would make a lane wider than a page', () => {
    const [step] = race().steps;
    const steps = [{ ...step!, text: 'long'.repeat(100) }];
    const { children } = readXml(svg(diagramOf({ ...race(), steps })));
    const texts = children.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts.some((text) => /^(?:long)+.*…$/.test(text))).toBe(true);
  });

  test('has a bar for each lock, as long as it is held', () => {
    const { children } = readXml(svg(diagramOf(deadlock())));
    const bars = children.filter(({ attributes }) => attributes.get('class') === 'lock');
    expect(new Set(bars.map((bar) => bar.children[0]!.text))).toEqual(
      new Set([
        'admin holds dev->mutex',
        'admin holds igate',
        'admin holds pci_rescan_remove_lock',
        'admin holds zdev->lock',
        'guest holds BQL',
        'qemu holds BQL',
      ]),
    );
  });
});

test.each([
  ['an end of another', '<a></b>'],
  ['no end', '<a>'],
  ['two roots', '<a/><b/>'],
  ['text outside', '<a/>b'],
  ['a naked &', '<a>&</a>'],
  ['an entity of nobody', '<a>&nbsp;</a>'],
  ['a naked <', '<a b="<"/>'],
  ['two attributes of a name', '<a b="1" b="2"/>'],
  ['the end of no CDATA', '<a>]]></a>'],
  ['a control character', '<a>\u0001</a>'],
  ['one by reference', '<a>&#1;</a>'],
  ['nothing', ''],
])('XML with %s is refused', (_, source) => expect(() => readXml(source)).toThrow());

describe('GitHub', () => {
  test('gets ten annotations at most, the last for those that are left', () => {
    const many = Array.from({ length: 12 }, () => SUITES[0]!);
    const lines = githubAnnotations(many).trimEnd().split('\n');

    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain('15 more failures');
  });

  test('gets titles and messages that it takes, the command in them', () => {
    const [line] = githubAnnotations([saying('long '.repeat(30_000))]).split('\n');
    const [, title, message] = /title=(.*?)::(.*)$/.exec(line!)!;
    expect(decodeURIComponent(title!).length).toBeLessThanOrEqual(255);
    const decoded = decodeURIComponent(message!);
    expect(Buffer.byteLength(decoded)).toBeLessThanOrEqual(64 << 10);
    expect(decoded).toMatch(/\n…\nreproduce: npx zpci-fuzz replay corpus\/x\.json$/);
    const exotics = exotic({
      ...race(),
      violations: race().violations.map((one) => ({ ...one, kind: EXOTIC.repeat(9) })),
    });
    const [other] = githubAnnotations([suiteOf(exotics)]).split('\n');
    expect(other).toMatch(/^::error file=[^,:]+,title=[^,:]+::/);
  });

  test('gets a table that fits, however many states there are', () => {
    const text = githubSummary(
      Array.from({ length: 100 }, () => SUITES[0]!),
      9_000,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(9_000);
    expect(text).toMatch(/\n\d+ more states did not fit here\.\n/);
    expect(text).toMatch(/\n\d+ more failures did not fit here\.\n$/);
  });

  test('gets a summary that it shows', () => {
    const text = githubSummary(SUITES, 1_500);

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_500);
    expect(text).toMatch(/\d+ more failures? did not fit here/);
  });

  test('reads no tag and no command out of a scenario', () => {
    const nasty = suiteOf(race());
    const failure = failureOf(race());
    const violation = { ...failure.violation, kind: '</details>|::set-output', message: '```\n::error::x' };
    const cases = [{ ...nasty.cases[0]!, failures: [{ ...failure, violation }] }];
    const text = githubAnnotations([{ ...nasty, cases }]);

    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(githubSummary([{ ...nasty, cases }])).not.toContain(
      '<summary>zpci-io/v1 (posted 2021-01-19): </details>',
    );
  });
});

describe('SARIF', () => {
  const logOf = (suites: readonly Suite[], resultsMax?: number): Log =>
    JSON.parse(sarif(suites, '0.1.0', resultsMax)) as Log;
  const resultsOf = (suites: readonly Suite[]): Result[] => logOf(suites).runs[0]!.results!;
  /** The message of one failure whose claim says this. */
  const messageOf = (said: string): string => resultsOf([saying(said)])[0]!.message.text!;

  test('has a rule for each claim, and a thread flow for each actor', () => {
    const { tool, results } = logOf(SUITES).runs[0]!;
    const ids = tool.driver.rules!.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { ruleId, ruleIndex } of results!) expect(ids[ruleIndex!]).toBe(ruleId);
    const deadlocked = results!.findLast(({ ruleId }) => ruleId === deadlock().violations[0]!.property)!;
    const [flow] = deadlocked.codeFlows!;
    expect(flow!.threadFlows.map(({ id }) => id)).toEqual(['admin', 'qemu', 'guest']);
    const orders = flow!.threadFlows.flatMap(({ locations }) => locations.map((one) => one.executionOrder!));
    expect(orders.sort((one, other) => one - other)).toEqual(deadlock().steps.map((_, at) => at));
    expect(results!.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(2);
  });

  test('is what the standard says, whatever stands in a scenario', () => {
    for (const suites of [SUITES, HOSTILE, [suiteOf(longRun())], [suiteOf(exotic(race()))], []])
      expect(sarifProblem(logOf(suites))).toBe('');
  });

  test.each([
    ['a property that there is not', (log: Log) => ({ ...log, more: 1 })],
    ['another version', (log: Log) => ({ ...log, version: '2.0.0' })],
    ['no run', (log: Log) => ({ ...log, runs: [] })],
    ['a run without a tool', (log: Log) => ({ ...log, runs: [{ results: log.runs[0]!.results }] })],
  ])('with %s is refused', (_, change) => expect(sarifProblem(change(logOf(SUITES)))).not.toBe(''));

  test('names files by paths in the repository only', () => {
    const [one] = SUITES;
    const uriOf = (entry: string | null): string => {
      const failures = [{ ...failureOf(race()), entry }];
      const [result] = resultsOf([{ ...one!, cases: [{ ...one!.cases[0]!, failures }] }]);
      return result!.locations![0]!.physicalLocation!.artifactLocation!.uri!;
    };
    expect(uriOf('./corpus/a b/#1.json')).toBe('corpus/a%20b/%231.json');
    for (const outside of [null, '/tmp/corpus/x.json', '../corpus/x.json', 'C:\\corpus\\x.json'])
      expect(uriOf(outside)).toBe('models/zpci-io/README.md');
  });

  test('means what it says where that looks like a placeholder or a link', () => {
    expect(messageOf('a {0} and {x}')).toContain('a {{0}} and {x}');
    expect(messageOf('see [here](https://x)')).toContain('see \\[here](https://x)');
    expect(messageOf('regs[0] (of 4)')).toContain('regs[0] (of 4)');
  });

  test('says which mail a claim comes from', () => {
    const [one] = SUITES;
    const cited = one!.model.properties.find(({ source }) => source.messageId !== undefined)!;
    const cases = [{ ...one!.cases[0]!, name: cited.id }];
    const [rule] = logOf([{ ...one!, cases }]).runs[0]!.tool.driver.rules!;
    const id = encodeURIComponent(cited.source.messageId!);
    expect(rule!.helpUri).toBe(`https://lore.kernel.org/all/${id}/`);
    expect(rule!.fullDescription!.text).toContain(cited.source.messageId);
  });

  test('has no more results than GitHub takes, and says so', () => {
    const { results, invocations } = logOf(SUITES, 3).runs[0]!;
    expect(results).toHaveLength(3);
    expect(invocations![0]!.toolExecutionNotifications![0]!.message.text).toBe(
      '3 more results did not fit here.',
    );
  });

  test('shows no more steps than GitHub does, the one that breaks the claim among them', () => {
    const [step] = race().steps;
    const steps = Array.from({ length: 2_500 }, (_, at) => ({
      ...step!,
      actor: `user${at % 2}`,
      text: `write a = ${at}`,
    }));
    const violation = { ...race().violations[0]!, step: 2_400 };
    const recording = { ...race(), steps, violations: [violation] };
    const [result] = resultsOf([suiteOf(recording)]);
    const locations = result!.codeFlows![0]!.threadFlows.flatMap((flow) => flow.locations);
    expect(locations.length).toBeLessThanOrEqual(1_000);
    expect(locations.find(({ importance }) => importance === 'essential')?.executionOrder).toBe(2_400);
    expect(result!.message.text).toMatch(/[\d,]+ steps of the interleaving are left out\.$/);
  });

  test('identifies a failure the same way in each run, and no two by one name', () => {
    const prints = (suites: readonly Suite[]): string[] =>
      [...sarif(suites, '0.1.0').matchAll(/"zpciFuzzFailure\/v1": "(\w+)"/g)].map(([, print]) => print!);

    expect(prints(SUITES)).toEqual(prints(SUITES));
    expect(new Set(prints(SUITES)).size).toBe(prints(SUITES).length);
  });
});

describe('ASCII', () => {
  test('has 75 columns of ASCII at most, whatever stands in a scenario and however many actors there are', () => {
    const crowds = [9, 40, 90].map((actors) => crowdOf(actors));
    for (const recording of [...everyRecording(), ...everyRecording().map(hostile), ...crowds, exotic()]) {
      const text = ascii(diagramOf(recording));
      expect(text).toMatch(/^[\n -~]+$/);
      expect(widestLine(text)).toBeLessThanOrEqual(75);
    }
  });

  test('says once who each lane is of, and marks the step that breaks the claim', () => {
    const lines = ascii(diagramOf(crowdedDeadlock())).split('\n');
    const names = crowdedDeadlock().steps.map(({ actor }) => actor);
    for (const name of new Set(names))
      expect(lines.filter((line) => line.replace(/^[| ]*/, '') === name)).toHaveLength(1);
    expect(lines.filter((line) => /^[X#|.? ]*X/.test(line))).toHaveLength(1);
  });

  test('loses no actor of a crowd', () => {
    for (const actors of [9, 40]) {
      const text = ascii(diagramOf(crowdOf(actors)));
      for (let at = 0; at < actors; at++) expect(text).toMatch(new RegExp(`^[| ]*crowd${at}$`, 'm'));
    }
  });
});

describe('Mermaid', () => {
  test('is what its grammar takes, and has every step in its words', () => {
    const recording = memoryDisabled();
    const { comments, participants, lines } = mermaidDiagram(mermaid(diagramOf(recording)));

    expect(comments).toEqual([`reproduce: ${REPRODUCE}`]);
    expect([...participants.values()]).toEqual(['user0']);
    for (const { text } of recording.steps) expect(lines.some((line) => line.text.endsWith(text))).toBe(true);
  });

  test('stays so whatever stands in a scenario', () => {
    for (const recording of [...everyRecording().map(hostile), exotic()]) {
      const { title, participants } = mermaidDiagram(mermaid(diagramOf(recording)));
      expect(title).toContain(recording.model.id);
      expect(participants.size).toBeGreaterThan(0);
    }
    const { participants, lines } = mermaidDiagram(mermaid(diagramOf(exotic())));
    expect([...participants.values()]).toEqual([EXOTIC]);
    expect(lines[0]!.text).toContain(EXOTIC);
  });

  test.each([
    'sequenceDiagram\n',
    'graph LR\n',
    'sequenceDiagram\n  title a;b\n',
    'sequenceDiagram\n  end\n',
  ])('is not %j', (source) => expect(() => mermaidDiagram(source)).toThrow());
});

describe('a splat', () => {
  const ABBA: PredictedDeadlock = {
    locks: ['a', 'b'],
    threads: [
      { actor: 'one', operation: 'x', held: use('a'), asks: use('b'), holds: [use('a')] },
      { actor: 'two', operation: 'y', held: use('b'), asks: use('a'), holds: [use('b')] },
    ],
    writers: [],
  };

  test('of each predicted cycle says that nothing ran, and how to see it again', async () => {
    const text = predictedSplat(deadlock().model, { predicted: [ABBA, ABBA] }, REPRODUCE);

    expect(text.match(/^zpci-fuzz: from a model, zpci-io\/v1\+hp \(inferred/gm)).toHaveLength(2);
    expect(text.match(/^reproduce: /gm)).toHaveLength(2);
    await expect(text).toMatchFileSnapshot('golden/predicted-splat.txt');
    expect(predictedSplat(deadlock().model, { predicted: [] }, REPRODUCE)).toBe('');
  });

  test('has 75 columns at most, the command at its end, and nothing that a terminal obeys', () => {
    for (const recording of [deadlock(), crowdedDeadlock()].flatMap((one) => [one, hostile(one)])) {
      const text = splat(recording, REPRODUCE);
      expect(widestLine(text)).toBeLessThanOrEqual(75);
      expect(text).toMatch(/\nreproduce: npx zpci-fuzz replay corpus\/x\.json\n$/);
      expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    }
  });

  test('is empty where nobody waits', () => expect(splat(race(), REPRODUCE)).toBe(''));

  test('is there once for each deadlock of a run, and behind them for each prediction', () => {
    const suite = { ...suiteOf(deadlock()), predicted: [ABBA], reproduce: 'npx zpci-fuzz run' };
    const sound = { ...suiteOf(race()), predicted: [], reproduce: 'npx zpci-fuzz run' };
    const lines = splatReport([sound, suite]).split('\n');
    expect(lines.filter((line) => line.startsWith('zpci-fuzz: from a model'))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('reproduce: '))).toEqual([
      `reproduce: ${REPRODUCE}`,
      'reproduce: npx zpci-fuzz run',
    ]);
    expect(splatReport([sound])).toMatch(/^zpci-fuzz: nobody waited for ever/);
  });

  test('names a wait for an event only where there is one', () => {
    const { waiting, ...rest } = deadlock();
    const locks = waiting.map((wait) => ({ ...wait, edge: 'lock' as const }));
    expect(splat({ ...rest, waiting }, REPRODUCE)).toContain('lockdep could not have seen this');
    expect(splat({ ...rest, waiting: locks }, REPRODUCE)).not.toContain('could not have seen');
  });
});

test('outcomes are counted', () => {
  expect(tallyOf(SUITES)).toEqual({ pass: 2, failure: 2, 'expected-failure': 2, skip: 2, error: 2 });
});
