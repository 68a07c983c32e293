import { existsSync } from 'node:fs';
import { plain } from '../../reports/plain.ts';
import { entryPaths } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import type { Series } from '../model/series.ts';
import { citation, sourceLabel } from '../model/source.ts';
import { InvalidInput } from '../scenario/validate.ts';
import { ExitCode } from './exit.ts';
import { readKnownEntry } from './known-entry.ts';
import { loadSeries } from './registry.ts';
import { findModel, labelled } from './select.ts';
import type { Terminal } from './terminal.ts';

export const LISTS = ['models', 'properties', 'corpus'] as const;

export interface ListOptions {
  readonly what: (typeof LISTS)[number];
  readonly corpus: string;
  readonly json: boolean;
}

type Row = { readonly [column: string]: unknown };

/** Lists models, claims or corpus entries. */
export async function list(options: ListOptions, terminal: Terminal): Promise<ExitCode> {
  const series = await loadSeries();
  switch (options.what) {
    case 'models':
      show(
        terminal,
        options,
        models(series),
        ({ id, provenance, about }) => `${id} (${provenance})\n    ${about}`,
      );
      break;
    case 'properties':
      show(
        terminal,
        options,
        properties(series),
        ({ id, series: name, decidedBy, claim, source, notApplicableTo }) => {
          const of = decidedBy === 'executions' ? name : `${name}, decided by ${decidedBy}`;
          const states = (notApplicableTo as string[])
            .map((one) => labelled(findModel(series, one)!))
            .join(', ');
          return `${id} (${of})\n    ${claim}\n    source: ${source}${states === '' ? '' : `\n    does not apply to: ${states}`}`;
        },
      );
      break;
    case 'corpus':
      if (!existsSync(options.corpus))
        terminal.error(`${options.corpus} does not exist: there are no entries.`);
      show(terminal, options, corpus(series, options.corpus), ({ path, kind, provenance, reason }) =>
        plain(reason === undefined ? `${path} (${provenance}): ${kind}` : `damaged: ${reason}`),
      );
      break;
    default:
      options.what satisfies never;
  }
  return ExitCode.asClaimed;
}

function show(
  terminal: Terminal,
  options: ListOptions,
  rows: readonly Row[],
  text: (row: Row) => string,
): void {
  if (options.json) terminal.print(`${JSON.stringify({ format: 1, [options.what]: rows }, null, 2)}\n`);
  else terminal.print(rows.map((row) => `${text(row)}\n`).join(''));
}

function models(series: readonly Series[]): Row[] {
  return series.flatMap((one) =>
    one.states.map(({ id, source, about }) => ({
      id: `${one.name}/${id}`,
      series: one.name,
      state: id,
      status: source.status,
      provenance: sourceLabel(source),
      about,
      source: citation(source),
      mutant: source.status === 'mutant',
      patches: one.model(id)!.patches.map((patch) => ({
        id: patch.id,
        subject: patch.subject,
        source: citation(patch.source),
      })),
    })),
  );
}

function properties(series: readonly Series[]): Row[] {
  return series.flatMap((one) =>
    [...one.properties, ...one.stateClaims].map(({ id, claim, source }) => ({
      id,
      series: one.name,
      claim,
      decidedBy: one.stateClaims.some((claim) => claim.id === id) ? 'cited facts' : 'executions',
      invariant: source.invariant ?? null,
      source: citation(source),
      notApplicableTo: one.states
        .map((state) => one.model(state.id)!)
        .filter((model) => !claimsOn(model).includes(id))
        .map((model) => model.id),
    })),
  );
}

const claimsOn = ({ properties, stateVerdicts }: Model): string[] => [
  ...properties.map(({ id }) => id),
  ...stateVerdicts.map(({ property }) => property),
];

function corpus(series: readonly Series[], folder: string): Row[] {
  return entryPaths(folder).map((path) => {
    try {
      const { entry } = readKnownEntry(series, path);
      const { model, provenance, property, kind, message } = entry;
      return { path, model, provenance, property, kind, message };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return { path, reason: error.message };
    }
  });
}
