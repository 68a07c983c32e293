/** KTAP as Documentation/dev-tools/ktap.rst describes it, strictly: what kunit.py would complain about is an error. */

export interface KtapTest {
  readonly name: string;
  readonly ok: boolean;
  /** `SKIP`, `XFAIL`, ...; empty without one. */
  readonly directive: string;
  readonly subtests: readonly KtapTest[];
}

const RESULT =
  /^(?<ok>ok|not ok) (?<number>\d+)(?: - | )(?<name>[^#]*?)(?: # (?<directive>SKIP|XFAIL|TIMEOUT|ERROR)\b.*)?$/;

export function ktapTests(text: string): KtapTest[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  const { tests, next } = block(lines, 0, '');
  if (next !== lines.length) throw new Error(`line ${next + 1} belongs to nothing: ${lines[next]}`);
  return tests;
}

/** A version line, a plan, and as many results as it says, each behind its subtests. */
function block(lines: readonly string[], from: number, indent: string): { tests: KtapTest[]; next: number } {
  let at = from;
  if (lines[at] !== `${indent}KTAP version 1`) throw new Error(`line ${at + 1}: no version line`);
  at++;
  while (lines[at]?.startsWith(`${indent}# `)) at++;
  const plan = new RegExp(`^${indent}1\\.\\.(\\d+)$`).exec(lines[at] ?? '')?.[1];
  if (plan === undefined) throw new Error(`line ${at + 1}: no plan`);
  at++;
  const tests: KtapTest[] = [];
  while (tests.length < Number(plan)) {
    const line = lines[at];
    if (line === undefined) throw new Error(`the plan says ${plan}, there are ${tests.length}`);
    if (line.startsWith(`${indent}# `)) {
      at++;
      continue;
    }
    let subtests: readonly KtapTest[] = [];
    if (line.startsWith(`${indent}  `)) {
      const inner = block(lines, at, `${indent}  `);
      subtests = inner.tests;
      at = inner.next;
    }
    const groups = RESULT.exec(lines[at]!.slice(indent.length))?.groups;
    if (groups === undefined) throw new Error(`line ${at + 1}: no result: ${lines[at]}`);
    if (Number(groups.number) !== tests.length + 1)
      throw new Error(`line ${at + 1}: number ${groups.number}`);
    tests.push({
      name: groups.name!,
      ok: groups.ok === 'ok',
      directive: groups.directive ?? '',
      subtests,
    });
    at++;
  }
  while (lines[at]?.startsWith(`${indent}# `)) at++;
  return { tests, next: at };
}
