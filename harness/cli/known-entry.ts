import { type CorpusEntry, readEntry } from '../corpus.ts';
import type { Model } from '../model/model.ts';
import { PatchesDoNotApply, type Series } from '../model/series.ts';
import { quote } from '../quote.ts';
import { InvalidInput } from '../scenario/validate.ts';

/**
 * Reads an entry, and the model that it names.
 *
 * @throws {@link InvalidInput} if it is damaged, or names a series, a state or a claim that there is no more.
 */
export function readKnownEntry(
  all: readonly Series[],
  path: string,
): { readonly entry: CorpusEntry; readonly model: Model } {
  const seriesOf = (id: string): Series => {
    const found = all.find(({ name }) => id.startsWith(`${name}/`));
    if (found === undefined) throw new InvalidInput(`${path}: "model" is ${quote(id)}, of no known series.`);
    return found;
  };
  const entry = readEntry(path, seriesOf);
  const series = seriesOf(entry.model);
  const model = modelOf(series, entry.model, path);
  if (!series.properties.some(({ id }) => id === entry.property)) {
    throw new InvalidInput(`${path}: "property" is ${quote(entry.property)}, a claim that there is no more.`);
  }
  return { entry, model };
}

function modelOf(series: Series, id: string, path: string): Model {
  try {
    const model = series.model(id.slice(series.name.length + 1));
    if (model !== null) return model;
  } catch (error) {
    if (!(error instanceof PatchesDoNotApply)) throw error;
    throw new InvalidInput(`${path}: ${error.message}`);
  }
  throw new InvalidInput(`${path}: "model" is ${quote(id)}, a state that there is no more.`);
}
