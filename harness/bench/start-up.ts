/** Time of `npx zpci-fuzz --help` beside that of `npx tsx -e ''`, pair by pair. */
import type { spawnSync as Spawn } from 'node:child_process';

const PAIRS = 9;

export function startUpFigures(spawnSync: typeof Spawn): void {
  const time = (args: readonly string[]): number => {
    const started = performance.now();
    const { status } = spawnSync('npx', args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`npx ${args.join(' ')} ended with ${status}`);
    return performance.now() - started;
  };
  const help = () => time(['zpci-fuzz', '--help']);
  const tsx = () => time(['tsx', '-e', '']);
  help();
  tsx();
  const ratios = Array.from({ length: PAIRS }, () => help() / tsx()).sort((a, b) => a - b);
  console.log(
    `npx zpci-fuzz --help takes ${ratios[Math.floor(PAIRS / 2)]!.toFixed(2)} times as long as npx tsx -e '' (median of ${PAIRS} pairs; wanted: under 2)`,
  );
}
