import type { StateVerdict } from '../harness/model/state-claim.ts';
import { count } from './count.ts';
import { type Line, span } from './page.ts';
import { plain } from './plain.ts';
import { wrap } from './wrap.ts';

const VERDICT_WIDTH = 'inconclusive'.length;

/** Claims about the state itself. Nothing was executed for them, and the title says so. */
export function factLines(facts: readonly StateVerdict[], width: number): Line[] {
  if (facts.length === 0) return [];
  return [
    [span('decided by cited facts, not by executions', 'strong')],
    ...facts.flatMap((fact) => oneFact(fact, width)),
  ];
}

function oneFact({ property, verdict, findings }: StateVerdict, width: number): Line[] {
  const style = verdict === 'holds' ? 'good' : 'bad';
  return [
    [span(`  ${verdict.padEnd(VERDICT_WIDTH)}  `, style), span(plain(property))],
    ...findings.flatMap(({ kind, message, source }) => [
      ...wrap(`${kind}: ${message}`, width - 6, 2).map((line) => [span(`      ${line}`)]),
      ...wrap(source, width - 8, 2).map((line) => [span(`        ${line}`, 'faint')]),
    ]),
  ];
}

/** Where nothing but claims about the state itself was asked for. */
export function factsConclusion(facts: readonly StateVerdict[]): string {
  const violated = facts.filter(({ verdict }) => verdict === 'violated').length;
  const of = count(facts.length, 'claim');
  return `${violated > 0 ? `violated: ${violated} of ${of}` : `holds: ${of}`}, by cited facts; nothing was executed`;
}
