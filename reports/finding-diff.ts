import { structuredPatch } from 'diff';
import type { ViolationRecord } from '../harness/scenario/recording.ts';
import type { Style } from './ansi.ts';
import { type Line, span } from './page.ts';
import { wrap } from './wrap.ts';

/** What the claim expects against what the state did, as the unified diff a kernel reader reads anyway. */
export function findingDiff(violation: ViolationRecord, stateName: string, width: number): Line[] {
  const { expected, actual, property, step } = violation;
  const { hunks } = structuredPatch('', '', fileOf(expected), fileOf(actual), undefined, undefined, {
    context: Number.MAX_SAFE_INTEGER,
  });
  const lines: Line[] = [
    ...signed('--- ', `expected by ${property}`, width, 'bad'),
    ...signed('+++ ', `${stateName} at step ${step}`, width, 'good'),
  ];
  for (const { oldStart, oldLines, newStart, newLines, lines: body } of hunks) {
    lines.push([span(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, 'faint')]);
    for (const text of body) {
      const sign = text.slice(0, 1);
      lines.push(...signed(sign, text.slice(1), width, styleOf(sign)));
    }
  }
  return lines;
}

/** Every line of a wrapped one keeps the sign: it is still the same side that says it. */
function signed(sign: string, text: string, width: number, style: Style): Line[] {
  return wrap(text, width - sign.length, 4).map((line) => [span(`${sign}${line}`, style)]);
}

function styleOf(sign: string): Style {
  if (sign === '-') return 'bad';
  return sign === '+' ? 'good' : 'plain';
}

function fileOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
