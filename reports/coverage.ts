import type { Reach, Situation, StateReach } from '../harness/campaign/reach.ts';
import type { Site } from '../harness/campaign/sites.ts';
import { count } from './count.ts';
import {
  type Line,
  labelled,
  type PageOptions,
  paragraph,
  printPage,
  sections,
  span,
  titled,
} from './page.ts';
import { stateName } from './state-name.ts';
import { wrap } from './wrap.ts';

/** What there is to reach, and what was. */
export interface Reaches {
  readonly functions: readonly Reach<string>[];
  readonly sites: readonly Reach<Site>[];
  readonly situations: readonly Reach<Situation>[];
}

/** What several states of a series reach together. */
export interface SeriesReach extends Reaches {
  readonly series: string;
  readonly states: number;
}

export interface CoverageReportOptions {
  /** The tables only. */
  readonly quiet: boolean;
}

/** What was reached of each state, of series together, and what never was. */
export function renderCoverage(
  reaches: readonly StateReach[],
  wholes: readonly SeriesReach[],
  { quiet }: CoverageReportOptions,
  options: PageOptions,
): string {
  const { width } = options;
  return printPage(
    sections(
      ...reaches.flatMap((reach) => [
        paragraph(`coverage of ${stateName(reach.model)}`, width, 'strong'),
        [...table(reach), ...efforts(reach, width)],
        ...(quiet ? [] : [neverReached(reach, width)]),
      ]),
      ...wholes.flatMap((whole) => [
        paragraph(`coverage of ${whole.series}, ${count(whole.states, 'state')} together`, width, 'strong'),
        table(whole),
        ...(quiet ? [] : [neverReached(whole, width)]),
      ]),
    ),
    options,
  );
}

const LABEL_WIDTH = 23;
const NUMBER_WIDTH = 12;

function table(reaches: Reaches): Line[] {
  const rows: [string, readonly Reach<unknown>[]][] = [
    ['functions', reaches.functions],
    ['steps', sitesOf(reaches, 'step')],
    ['errnos in the code', sitesOf(reaches, 'errno')],
    ['operations by state', reaches.situations],
  ];
  const cells = (texts: readonly string[]): string =>
    texts.map((text) => text.padStart(NUMBER_WIDTH)).join('');
  return [
    [span(`  ${''.padEnd(LABEL_WIDTH)}${cells(['total', 'corpus', 'search', 'never'])}`, 'faint')],
    ...rows.map(([label, all]): Line => {
      const never = all.filter(isNever).length;
      const numbers = [
        String(all.length),
        share(all.filter(({ corpus }) => corpus).length, all.length),
        share(all.filter(({ search }) => search).length, all.length),
      ];
      return [
        span(`  ${label.padEnd(LABEL_WIDTH)}${cells(numbers)}`),
        span(String(never || '.').padStart(NUMBER_WIDTH), never > 0 ? 'bad' : 'plain'),
      ];
    }),
  ];
}

const isNever = ({ corpus, search }: Reach<unknown>): boolean => !corpus && !search;

const share = (reached: number, of: number): string =>
  `${reached} ${`(${of === 0 ? 100 : Math.floor((reached * 100) / of)} %)`.padStart(7)}`;

const sitesOf = ({ sites }: Reaches, kind: Site['kind']): readonly Reach<Site>[] =>
  sites.filter(({ what }) => what.kind === kind);

function efforts({ efforts: { corpus, search }, stopped }: StateReach, width: number): Line[] {
  const text = (effort: typeof corpus, noun: string, plural: string): string =>
    `${count(effort.sequences, noun, plural)}, ${count(effort.executions, 'execution')}`;
  return [
    ...labelled('  corpus', 10, text(corpus, 'entry', 'entries'), width),
    ...labelled('  search', 10, text(search, 'operation sequence', 'operation sequences'), width),
    ...(stopped ? labelled('  stopped', 10, 'by a signal, before the search was over', width) : []),
  ];
}

/** Functions as such; steps and errnos by function; situations by state. */
function neverReached(reaches: Reaches, width: number): Line[] {
  const functions = reaches.functions.filter(isNever).map(({ what }) => what);
  const sites = reaches.sites.filter(isNever).map(({ what }) => what);
  const situations = reaches.situations.filter(isNever).map(({ what }) => what);
  const places = [...new Set(sites.map(placeOf))];
  const operations = new Set(reaches.situations.map(({ what }) => what.operation)).size;
  const states = [...new Set(situations.map(({ state }) => state))];
  return [
    ...titled('never entered', lines(functions.length === 0 ? [] : [functions.join(', ')], width)),
    ...titled(
      'never reached in functions that were',
      lines(
        places.map((place) => {
          const texts = sites.filter((site) => placeOf(site) === place).map(({ text }) => text);
          return `${place}: ${texts.join('; ')}`;
        }),
        width,
      ),
    ),
    ...titled(
      'operations never begun with',
      lines(
        states.map((state) => {
          const missing = situations.filter((one) => one.state === state).map(({ operation }) => operation);
          return `${state}: ${missing.length === operations ? 'any' : missing.join(', ')}`;
        }),
        width,
      ),
    ),
  ];
}

const placeOf = ({ file, function: name }: Site): string => (name === '' ? file : `${name} (${file})`);

const lines = (texts: readonly string[], width: number): Line[] =>
  texts.flatMap((text) => wrap(text, width - 2, 4).map((line): Line => [span(`  ${line}`)]));
