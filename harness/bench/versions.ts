/** `diff` and `bisect` beside `verify` of the same states within the same bounds, in one run. */
import { command } from './exhaustive.ts';

const BOUNDS = ['--max-ops', '1', '--world', 'none', '--jobs', '1', '--json'];
const VERSION = 'vfio-mmap/v3';
const PREFIXES = ['vfio-mmap/v3:0', 'vfio-mmap/v3:1', 'vfio-mmap/v3:1+2', VERSION];

export function versionFigures(): void {
  const verified = new Map(PREFIXES.map((model) => [model, seconds('verify', model)]));
  const sum = (models: readonly string[]): number =>
    models.reduce((total, model) => total + verified.get(model)!, 0);
  const both = PREFIXES.slice(-2);
  const differ = seconds('diff', ...both);
  console.log(
    `diff ${both.join(' ')}, with an example of each change: ${differ.toFixed(1)} s, ${(differ / sum(both)).toFixed(2)} times as long as verify of the one and of the other`,
  );
  const bisected = seconds('bisect', VERSION);
  console.log(
    `bisect ${VERSION}, with stored counterexamples: ${bisected.toFixed(1)} s, ${(bisected / sum(PREFIXES)).toFixed(2)} times as long as verify of each of its ${PREFIXES.length} prefixes`,
  );
}

const seconds = (...args: readonly string[]): number => command([...args, ...BOUNDS]).milliseconds / 1000;
