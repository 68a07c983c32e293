import type { Mutant } from '../harness/campaign/mutation-score.ts';
import type { Model } from '../harness/model/model.ts';
import type { Mutation } from '../harness/model/mutation.ts';
import { count, thousands } from './count.ts';
import { type Line, type PageOptions, paragraph, printPage, sections, span, titled } from './page.ts';
import { stateName } from './state-name.ts';
import { cut, widest, wrap } from './wrap.ts';

/** What came of weakening one state. */
export interface MutantsReport {
  readonly model: Model;
  readonly mutants: readonly Mutant[];
  readonly score: { readonly caught: number; readonly of: number };
  readonly left: number;
  /** By the name of the mutation. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** Which weaker states the claims can tell from each state, and which not. */
export function renderMutants(
  reports: readonly MutantsReport[],
  needless: readonly string[],
  { quiet }: { readonly quiet: boolean },
  options: PageOptions,
): string {
  const { width } = options;
  return printPage(
    sections(
      ...reports.flatMap((report) => [
        paragraph(`mutants of ${stateName(report.model)}`, width, 'strong'),
        ...(quiet ? [] : [byOperator(report, width), byPatch(report, width), byClaim(report, width)]),
        survivors(report, width),
        conclusion(report, width),
      ]),
      titled(
        'caught here, though listed as survivors (of another state?)',
        needless.map((name): Line => [span(`  ${name}`, 'bad')]),
      ),
    ),
    options,
  );
}

const FATES = ['killed', 'hung', 'crashed', 'survived'] as const;

function byOperator({ mutants }: MutantsReport, width: number): Line[] {
  const operators = [...new Set(mutants.map(({ mutation }) => mutation.operator))];
  return fateTable(
    operators.map((operator) => ({
      label: operator,
      mutants: mutants.filter(({ mutation }) => mutation.operator === operator),
    })),
    width,
  );
}

/** What a patch brought and no claim misses is a finding about the claims. */
function byPatch({ mutants, model }: MutantsReport, width: number): Line[] {
  const patches = [...model.patches, null];
  return fateTable(
    patches.flatMap((patch) => {
      const some = mutants.filter(({ mutation }) => patchOf(model, mutation) === patch);
      const label = patch === null ? 'the base' : `${patch.id} ${patch.subject}`;
      return some.length === 0 ? [] : [{ label, mutants: some }];
    }),
    width,
  );
}

/** The patch that left the mutated entry in its present form. */
export const patchOf = (
  { origins }: Pick<Model, 'origins'>,
  { where }: Pick<Mutation, 'where'>,
): Model['patches'][number] | null => origins.get(where.split('.', 1)[0]!) ?? null;

const FATE_WIDTH = 10;

function fateTable(
  rows: readonly { readonly label: string; readonly mutants: readonly Mutant[] }[],
  width: number,
): Line[] {
  const labelWidth = width - 2 - FATES.length * FATE_WIDTH;
  return [
    [span(`  ${''.padEnd(labelWidth)}${FATES.map((fate) => fate.padStart(FATE_WIDTH)).join('')}`, 'faint')],
    ...rows.map(({ label, mutants }): Line => {
      const numbers = FATES.map((fate) => mutants.filter((one) => one.fate === fate).length);
      return [
        span(`  ${cut(label, labelWidth - 1).padEnd(labelWidth)}`),
        ...numbers.map((number, at) =>
          span(String(number || '.').padStart(FATE_WIDTH), at === 3 && number > 0 ? 'bad' : 'plain'),
        ),
      ];
    }),
  ];
}

/** Which claims do the work. */
function byClaim({ mutants, model }: MutantsReport, width: number): Line[] {
  const rows = model.properties.map(({ id }) => ({
    id,
    caught: mutants.filter(({ by }) => by.includes(id)).length,
    alone: mutants.filter(({ by }) => by.length === 1 && by[0] === id).length,
  }));
  const nameWidth = widest(rows.map(({ id }) => id));
  return titled(
    'caught by each claim, and by no other',
    rows.map(
      ({ id, caught, alone }): Line => [
        span(`  ${id.padEnd(Math.min(nameWidth, width - 16))}`, caught === 0 ? 'faint' : 'plain'),
        span(String(caught || '.').padStart(6)),
        span(String(alone || '.').padStart(6)),
      ],
    ),
  );
}

function survivors({ mutants, reasons }: MutantsReport, width: number): Line[] {
  const all = mutants.filter(({ fate }) => fate === 'survived').map(({ name }) => name);
  const [explained, open] = [
    all.filter((name) => reasons.has(name)),
    all.filter((name) => !reasons.has(name)),
  ];
  return [
    ...titled(
      'survivors without a reason',
      open.map((name): Line => [span(`  ${name}`, 'bad')]),
    ),
    ...titled(
      'survivors with one',
      [...new Set(reasons.values())].flatMap((reason) => [
        ...explained.filter((name) => reasons.get(name) === reason).map((name): Line => [span(`  ${name}`)]),
        ...wrap(reason, width - 4).map((line): Line => [span(`    ${line}`, 'faint')]),
      ]),
    ),
  ];
}

function conclusion({ score, mutants, left }: MutantsReport, width: number): Line[] {
  const { caught, of } = score;
  const percent = of === 0 ? 100 : Math.floor((caught * 100) / of);
  const crashed = mutants.length - of;
  const rest = [
    ...(crashed === 0 ? [] : [`${thousands(crashed)} more crash`]),
    ...(left === 0 ? [] : [`${thousands(left)} not tried`]),
  ].map((text) => `; ${text}`);
  if (mutants.length === 0 && left > 0) {
    return paragraph(`no score: none of ${count(left, 'mutant')} was tried`, width, 'strong');
  }
  return paragraph(
    `score ${left > 0 ? 'so far ' : ''}${percent} %: ${thousands(caught)} of ${count(of, 'mutant')}${rest.join('')}`,
    width,
    'strong',
  );
}
