/** `mutate` and `coverage` beside a search of the same size, in one run. */
import { command } from './exhaustive.ts';

const MODEL = 'zpci-io/v3';
const RUNS = ['--seed', '1', '--runs', '500'];

export function mutantFigures(): void {
  const search = seconds('run', '--model', MODEL, ...RUNS, '--no-save');
  const { milliseconds, json } = command(['mutate', MODEL, ...RUNS, '--json']);
  const { models } = json as { models: readonly { mutants: readonly unknown[] }[] };
  const mutants = models[0]!.mutants.length;
  const each = milliseconds / 1000 / mutants;
  console.log(
    `mutate ${MODEL}: ${(milliseconds / 1000).toFixed(1)} s for ${mutants} mutants, each ${(each / search).toFixed(2)} times as long as one search of the state with all that is around it`,
  );
  const covered = seconds('coverage', MODEL, ...RUNS);
  console.log(
    `coverage ${MODEL}: ${covered.toFixed(1)} s, ${(covered / search).toFixed(2)} times as long as the same search without`,
  );
}

const seconds = (...args: readonly string[]): number => command([...args, '--json']).milliseconds / 1000;
