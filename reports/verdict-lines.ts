import type { Verdict } from '../harness/campaign/result.ts';
import type { Style } from './ansi.ts';
import { thousands } from './count.ts';
import { type Line, span } from './page.ts';
import { plain } from './plain.ts';
import { widest, wrap } from './wrap.ts';

type VerdictWord = Verdict['verdict'];

/** What needs a reader most comes first. */
const ORDER: readonly VerdictWord[] = ['violated', 'inconclusive', 'holds'];
const STYLES: Readonly<Record<VerdictWord, Style>> = {
  violated: 'bad',
  inconclusive: 'unsure',
  holds: 'good',
};
const VERDICT_WIDTH = 'inconclusive'.length;

/** One line or a few for each verdict. */
export function verdictLines(verdicts: readonly Verdict[], width: number): Line[] {
  const longest = widest(verdicts.map(({ property }) => property));
  return ORDER.flatMap((word) =>
    verdicts
      .filter(({ verdict }) => verdict === word)
      .flatMap((verdict) => oneVerdict(verdict, longest, width)),
  );
}

/** What is said of a claim stands beside it where all of it fits, else below. */
function oneVerdict(verdict: Verdict, longest: number, width: number): Line[] {
  const left = 2 + VERDICT_WIDTH + 2;
  const head = span(`  ${verdict.verdict.padEnd(VERDICT_WIDTH)}  `, STYLES[verdict.verdict]);
  const name = plain(verdict.property);
  const details = detailsOf(verdict);
  if (widest(details) <= width - left - longest - 2) {
    return details.map((text, at) => [
      at === 0 ? head : span(' '.repeat(left)),
      span(`${(at === 0 ? name : '').padEnd(longest)}  `),
      span(text, 'faint'),
    ]);
  }
  const indent = ' '.repeat(Math.max(2, Math.min(left + 2, width - longest - 8)));
  return [
    ...wrap(name, Math.max(8, width - left), 2).map((text, at) => [
      at === 0 ? head : span(' '.repeat(left)),
      span(text),
    ]),
    ...details.flatMap((text) =>
      wrap(text, width - indent.length, 2).map((line) => [span(indent + line, 'faint')]),
    ),
  ];
}

function detailsOf({ verdict, kinds, reason, exercised }: Verdict): string[] {
  switch (verdict) {
    case 'violated':
      return kinds.map(({ kind, executions }) => `${thousands(executions)}x ${kind}`);
    case 'inconclusive':
      return [reason ?? 'no reason given'];
    case 'holds':
      return [`exercised ${thousands(exercised)}x`];
    default:
      return verdict satisfies never;
  }
}
