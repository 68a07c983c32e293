import type { Coverage, ModelResult, Verdict } from '../harness/campaign/result.ts';
import type { Returns } from '../harness/campaign/returns.ts';
import { count, thousands } from './count.ts';
import { factLines, factsConclusion } from './fact-lines.ts';
import { hangLines } from './hang-lines.ts';
import { lockOrderText, predictedLines } from './lock-order.ts';
import { type Line, labelled, type PageOptions, paragraph, printPage, sections } from './page.ts';
import { labelledName } from './state-name.ts';
import { verdictLines } from './verdict-lines.ts';

export interface StateHeading {
  /** Where the state comes from: `posted 2021-01-19`. */
  readonly label: string;
  readonly about: string;
}

const COUNTS_SHOWN_MAX = 3;
const LABEL_WIDTH = 9;

/** All verdicts on one state, and what they rest on. */
export function renderModelResult(result: ModelResult, info: StateHeading, options: PageOptions): string {
  const { width } = options;
  return printPage(
    sections(
      [
        ...paragraph(labelledName(result.model, info.label), width, 'strong'),
        ...paragraph(info.about, width, 'plain', 0),
      ],
      verdictLines(result.verdicts, width),
      factLines(result.facts, width),
      result.verdicts.length === 0 ? [] : coverageLines(result, width),
      ...predictedLines(result.lockOrder, labelledName(result.model, info.label), width),
      hangLines(result.hangs, width),
      conclusion(result, width),
    ),
    options,
  );
}

function coverageLines({ coverage, lockOrder, stopped }: ModelResult, width: number): Line[] {
  const label = (name: string, text: string) => labelled(name, LABEL_WIDTH, text, width);
  return [
    ...label('covered', coverageText(coverage)),
    ...byLines(coverage.by).flatMap((text) => label('', text)),
    ...label('reached', reachedText(coverage)),
    ...Object.entries(coverage.returns).flatMap(([op, values], at) =>
      label(at === 0 ? 'returns' : '', `${op}: ${returnsText(values)}`),
    ),
    ...label('ended', endText(coverage)),
    ...label('locks', lockOrderText(lockOrder)),
    ...(stopped === null ? [] : label('stopped', stoppedText(stopped))),
  ];
}

function coverageText({ sequences, executions, distinctSchedules, steps }: Coverage): string {
  return `${[
    count(sequences, 'operation sequence'),
    count(executions, 'execution'),
    count(distinctSchedules, 'distinct schedule'),
    count(steps, 'step'),
  ].join(', ')}`;
}

/** What each way to search did; those that did nothing go without saying. */
function byLines({ corpus, exhaustive, random, pct }: Coverage['by']): string[] {
  const lines: string[] = [];
  if (corpus.entries > 0) {
    lines.push(
      `corpus: ${count(corpus.entries, 'entry', 'entries')} replayed, ${thousands(corpus.reproduced)} still break their claim`,
    );
  }
  if (exhaustive.sequences > 0) {
    const givenUp = exhaustive.sequences - exhaustive.complete;
    const rest = givenUp === 0 ? '' : `, ${thousands(givenUp)} more given up on the way`;
    lines.push(
      `exhaustive: ${count(exhaustive.complete, 'sequence')} under all schedules${rest} (${count(exhaustive.schedules, 'schedule')} executed)`,
    );
  }
  if (random.executions > 0) lines.push(`random: ${count(random.executions, 'execution')}`);
  if (pct.executions > 0) {
    const { threads: n, steps: k, depth: d } = pct;
    lines.push(
      `PCT: ${count(pct.executions, 'execution')}, n = ${n} threads, k = ${k} steps, d = ${d}: each finds a bug that d ordering constraints show with probability 1/(n k^(d-1)) = ${detection(n * k ** (d - 1))} at least`,
    );
  }
  return lines;
}

/** One in so many, in two digits. */
const detection = (oneIn: number): string => (1 / Math.max(1, oneIn)).toExponential(1);

function reachedText({ functions, functionsNeverReached }: Coverage): string {
  const missed = functionsNeverReached.length;
  const reached = `${functions - missed} of ${count(functions, 'function')}`;
  return missed === 0 ? reached : `${reached}; never reached: ${functionsNeverReached.join(', ')}`;
}

/** Errnos one by one; counts as a range, since which ones there are says nothing. */
function returnsText(values: Returns[string]): string {
  const numbers = values.filter((value) => typeof value === 'number');
  const counts = numbers.filter((value) => value >= 0);
  const range = counts.length > COUNTS_SHOWN_MAX ? [`${counts[0]} to ${counts.at(-1)}`] : counts;
  const signals = values.filter((value) => typeof value === 'string');
  return [...numbers.filter((value) => value < 0), ...range, ...signals].join(', ');
}

function endText({ deadlocks, endlessByDesign, livelocks, stepLimits }: Coverage): string {
  const silent =
    endlessByDesign === 0 ? '' : `, ${thousands(endlessByDesign)} in a wait that has no end by design`;
  const round = livelocks === 0 ? '' : `, ${thousands(livelocks)} in a livelock`;
  return `${count(deadlocks, 'execution')} in a deadlock${round}${silent}, ${thousands(stepLimits)} at the step limit`;
}

function stoppedText(stopped: Exclude<ModelResult['stopped'], null>): string {
  switch (stopped) {
    case 'interrupt':
      return 'by a signal, before the budget was used';
    case 'time':
      return 'by --time, before the number of runs was reached';
    case 'bail':
      return 'by --bail, at the first violation';
    case 'hang':
      return 'by hangs: a model that does not come back so often is not searched further';
    default:
      return stopped satisfies never;
  }
}

/** A search that found nothing says how far it looked. */
function conclusion({ verdicts, facts, coverage, hangs }: ModelResult, width: number): Line[] {
  if (verdicts.length === 0) return paragraph(factsConclusion(facts), width, 'strong');
  const numberOf = (word: Verdict['verdict']) => verdicts.filter(({ verdict }) => verdict === word).length;
  const ranOn = `on ${count(coverage.executions, 'execution')} of ${count(coverage.sequences, 'operation sequence')}`;
  const inconclusive = numberOf('inconclusive');
  const violated = numberOf('violated');
  const hung = hangs.length === 0 ? '' : `; hangs: ${thousands(hangs.length)}`;
  const unsure = `${inconclusive === 0 ? '' : `; inconclusive: ${thousands(inconclusive)}`}${hung}`;
  if (violated > 0) {
    return paragraph(
      `violated: ${thousands(violated)} of ${count(verdicts.length, 'claim')}${unsure}`,
      width,
      'bad',
    );
  }
  if (numberOf('holds') === 0) {
    return paragraph(`inconclusive: ${count(inconclusive, 'claim')}, ${ranOn}${hung}`, width, 'unsure');
  }
  const holds = `holds: ${count(numberOf('holds'), 'claim')}, ${ranOn} (bounded search, not a proof)${unsure}`;
  return paragraph(holds, width, hangs.length === 0 ? 'good' : 'unsure');
}
