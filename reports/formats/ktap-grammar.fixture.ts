/**
 * KTAP as Documentation/dev-tools/ktap.rst describes it and kunit_parser.py reads it, strictly: what that one would
 * complain about, read otherwise than it was meant, or take for unknown lines, is an error here.
 */

export interface KtapTest {
  readonly name: string;
  readonly ok: boolean;
  /** `SKIP`, `XFAIL`, ...; empty without one. */
  readonly directive: string;
  readonly subtests: readonly KtapTest[];
}

const RESULT = /^(?<ok>ok|not ok) (?<number>\d+) (?<name>[^#\s][^#]*?)(?: # (?<data>.*))?$/;
const DIRECTIVE = /^(?:SKIP|XFAIL|TIMEOUT|ERROR)\b/;
/** Lines of a kernel that boots, at which kunit.py stops reading, and that of a test that crashed it. */
const NOT_DIAGNOSTIC =
  /List of all partitions:|Kernel panic - not syncing: VFS:|reboot: System halted|: kunit test case crashed!$|^\s*# Subtest: /;

/** @throws with the line that is wrong. */
export function ktapTests(text: string): KtapTest[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  for (const [at, line] of lines.entries())
    if (line !== line.trimEnd()) throw new Error(`line ${at + 1}: spaces at the end`);
  const totals = /^# Totals: (.+)$/.exec(lines.at(-1)!)?.[1];
  if (totals === undefined) throw new Error(`line ${lines.length}: no totals`);
  const { tests, next } = block(lines.slice(0, -1), 0, '');
  if (next !== lines.length - 1) throw new Error(`line ${next + 1} belongs to nothing: ${lines[next]}`);
  if (totals !== totalsOf(tests.flatMap(leaves))) throw new Error(`wrong totals: ${totals}`);
  return tests;
}

/** A version line, a name where it is a subtest, a plan, and as many results as it says, each behind its subtests. */
function block(
  lines: readonly string[],
  from: number,
  indent: string,
): { tests: KtapTest[]; next: number; name: string } {
  let at = from;
  const own = (): string | null => (lines[at]?.startsWith(indent) ? lines[at]!.slice(indent.length) : null);
  const skipDiagnostics = (): void => {
    for (let line = own(); line?.startsWith('# '); line = own()) {
      if (NOT_DIAGNOSTIC.test(line)) throw new Error(`line ${at + 1}: no diagnostic: ${line}`);
      at++;
    }
  };
  if (own() !== 'KTAP version 1') throw new Error(`line ${at + 1}: no version line`);
  at++;
  let name = '';
  if (indent !== '') {
    name = /^# Subtest: (.+)$/.exec(own() ?? '')?.[1] ?? '';
    if (name === '') throw new Error(`line ${at + 1}: no name of a subtest`);
    at++;
  }
  skipDiagnostics();
  const plan = Number(/^1\.\.([1-9]\d*)$/.exec(own() ?? '')?.[1]);
  if (Number.isNaN(plan)) throw new Error(`line ${at + 1}: no plan`);
  at++;
  const tests: KtapTest[] = [];
  while (tests.length < plan) {
    skipDiagnostics();
    if (own() === null) throw new Error(`line ${at + 1}: the plan says ${plan}, there are ${tests.length}`);
    const inner = own()!.startsWith('  ') ? block(lines, at, `${indent}  `) : null;
    if (inner !== null) at = inner.next;
    skipDiagnostics();
    tests.push(result(own() ?? '', at + 1, tests.length + 1, inner));
    at++;
  }
  return { tests, next: at, name };
}

function result(
  line: string,
  at: number,
  number: number,
  inner: { readonly tests: readonly KtapTest[]; readonly name: string } | null,
): KtapTest {
  const groups = RESULT.exec(line)?.groups;
  if (groups === undefined) throw new Error(`line ${at}: no result: ${line}`);
  const { name, data = '' } = groups;
  const directive = DIRECTIVE.exec(data)?.[0] ?? '';
  const ok = groups.ok === 'ok';
  const wrong = [
    ...(Number(groups.number) === number ? [] : [`number ${groups.number}, expected ${number}`]),
    ...(inner === null || inner.name === name
      ? []
      : [`the result of ${name} behind the subtests of ${inner.name}`]),
    ...(ok && inner?.tests.some((test) => !test.ok) ? ['ok though a subtest is not'] : []),
    ...(ok && (directive === 'ERROR' || directive === 'TIMEOUT') ? [`ok with ${directive}`] : []),
    ...(data.includes(' # ') ? ['two directives'] : []),
  ];
  if (wrong.length > 0) throw new Error(`line ${at}: ${wrong.join('; ')}`);
  return { name: name!, ok, directive, subtests: inner?.tests ?? [] };
}

const leaves = (test: KtapTest): KtapTest[] =>
  test.subtests.length === 0 ? [test] : test.subtests.flatMap(leaves);

/** As kselftest prints them. */
function totalsOf(tests: readonly KtapTest[]): string {
  const of = (wanted: (test: KtapTest) => boolean): number => tests.filter(wanted).length;
  return [
    `pass:${of(({ ok, directive }) => ok && directive === '')}`,
    `fail:${of(({ ok, directive }) => !ok && directive === '')}`,
    `xfail:${of(({ directive }) => directive === 'XFAIL')}`,
    'xpass:0',
    `skip:${of(({ directive }) => directive === 'SKIP')}`,
    `error:${of(({ directive }) => directive === 'ERROR')}`,
  ].join(' ');
}
