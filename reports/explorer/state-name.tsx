import { sourceLabel } from '../../harness/model/source.ts';
import { linkTo } from './address.ts';
import type { ExplorerData } from './data.ts';
import { modelOf } from './series.ts';
import { visible } from './visible.ts';

/** A state's name, with where it comes from: it is never named without. */
export function StateName({ model, data }: { readonly model: string; readonly data: ExplorerData }) {
  const isListed = data.states.some((one) => one.model === model);
  const source = modelOf(model)?.state.source;
  return (
    <>
      {isListed ? <a href={linkTo('state', model)}>{model}</a> : visible(model)}{' '}
      {source === undefined ? null : <Label status={source.status} label={sourceLabel(source)} />}
    </>
  );
}

/** `posted 2021-01-19`; colour repeats what the word says. */
export function Label({ status, label }: { readonly status: string; readonly label: string }) {
  return <span class={`label ${status.replaceAll(' ', '-')}`}>{label}</span>;
}

export const seriesOf = (model: string): string => model.slice(0, model.indexOf('/'));
export const stateOf = (model: string): string => model.slice(model.indexOf('/') + 1);
