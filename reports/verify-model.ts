import type { BoundCoverage, VerifyResult } from '../harness/campaign/exhausted.ts';
import { type Limits, largeCount, limitsText } from './bound-text.ts';
import { count, thousands } from './count.ts';
import { factLines, factsConclusion } from './fact-lines.ts';
import { lockOrderText, predictedLines } from './lock-order.ts';
import { type Line, labelled, type PageOptions, paragraph, printPage, sections, span } from './page.ts';
import type { StateHeading } from './run-summary.ts';
import { labelledName } from './state-name.ts';
import { verdictLines } from './verdict-lines.ts';
import { wrap } from './wrap.ts';

const LABEL_WIDTH = 9;

/** What the exhaustive exploration of a model says, and of what: what `verify MODEL` prints. */
export function renderVerify(
  result: VerifyResult,
  info: StateHeading,
  limits: Limits,
  options: PageOptions,
): string {
  const { width } = options;
  return printPage(
    sections(
      [
        ...paragraph(labelledName(result.model, info.label), width, 'strong'),
        ...paragraph(info.about, width, 'plain', 0),
      ],
      verdictLines(result.verdicts, width),
      factLines(result.facts, width),
      ...(result.bounds.length === 0
        ? []
        : [
            [
              ...paragraph(`explored${limitsText(limits)}`, width, 'strong'),
              ...result.bounds.flatMap((bound) => boundLines(bound, width)),
            ],
            labelled('locks', LABEL_WIDTH, lockOrderText(result.lockOrder), width),
          ]),
      ...predictedLines(result.lockOrder, labelledName(result.model, info.label), width),
      conclusion(result, width),
    ),
    options,
  );
}

function boundLines(bound: BoundCoverage, width: number): Line[] {
  const style = bound.complete ? 'good' : 'unsure';
  return [
    ...wrap(bound.about, width - 4, 0).map((line, at) => [
      span(at === 0 ? (bound.complete ? '  = ' : '  ! ') : '    ', style),
      span(line),
    ]),
    ...wrap(countsText(bound), width - 6, 0).map((line) => [span(`      ${line}`, 'faint')]),
  ];
}

function countsText(bound: BoundCoverage): string {
  const { scenarios, of, schedules, unreduced, counted, incomplete } = bound;
  const sequences =
    scenarios === of ? count(of, 'sequence') : `${thousands(scenarios)} of ${count(of, 'sequence')}`;
  const some = counted === scenarios ? '' : ` (counted for ${thousands(counted)} of them)`;
  const parts = [
    `${sequences}, ${count(schedules, 'schedule')} executed`,
    ...(counted === 0 ? [] : [`instead of ${largeCount(unreduced)}${some}`]),
    ...(incomplete === 0 ? [] : [`${count(incomplete, 'sequence')} not explored to the end`]),
  ];
  return parts.join(', ');
}

function conclusion({ verdicts, facts, exhaustive, bounds, stopped }: VerifyResult, width: number): Line[] {
  if (verdicts.length === 0) return paragraph(factsConclusion(facts), width, 'strong');
  const numberOf = (word: string) => verdicts.filter(({ verdict }) => verdict === word).length;
  const of = count(verdicts.length, 'claim');
  const holds = numberOf('holds');
  const violated = numberOf('violated');
  const inconclusive = numberOf('inconclusive');
  const schedules = bounds.reduce((sum, bound) => sum + bound.schedules, 0);
  const proof = !exhaustive
    ? `no proof: ${whyNot(bounds, stopped)}; ${thousands(holds)} of ${of} hold in what was explored`
    : holds === 0
      ? `nothing proved: none of ${of} holds`
      : `proved on this model, within the bound: ${thousands(holds)} of ${of}, over ${count(schedules, 'schedule')}`;
  const unsure = inconclusive === 0 ? '' : `; inconclusive: ${thousands(inconclusive)}`;
  return [
    ...(violated === 0 ? [] : paragraph(`violated: ${thousands(violated)} of ${of}`, width, 'bad')),
    ...paragraph(`${proof}${unsure}`, width, exhaustive && holds > 0 ? 'good' : 'unsure'),
  ];
}

function whyNot(bounds: readonly BoundCoverage[], stopped: VerifyResult['stopped']): string {
  if (stopped === 'interrupt') return 'stopped by a signal';
  if (stopped === 'time') return 'stopped by --time';
  const open = bounds.filter(({ complete }) => !complete);
  const endless = open.reduce((sum, bound) => sum + bound.stepLimits + bound.livelocks, 0);
  if (endless > 0) return `${count(endless, 'execution')} reached the step limit or a livelock`;
  return `${count(open.length, 'bound')} marked ! could not be finished (--max-schedules)`;
}
