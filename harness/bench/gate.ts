/** Time of `npx zpci-fuzz gate --profile quick` beside that of a search of fixed size, run before and after it. */
import type { spawnSync as Spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { ExitCode } from '../cli/exit.ts';

const GATE = ['gate', '--profile', 'quick', '--seed', '1', '--no-save', '-q'];
const REFERENCE = ['run', '--model', 'v3', '--seed', '1', '--runs', '500', '--no-save', '-q'];

export function gateFigures(spawnSync: typeof Spawn): void {
  const seconds = (args: readonly string[], expected: ExitCode): number => {
    const started = performance.now();
    const { status } = spawnSync('npx', ['zpci-fuzz', ...args], { stdio: 'ignore' });
    if (status !== expected)
      throw new Error(`npx zpci-fuzz ${args.join(' ')} ended with ${status}, expected ${expected}`);
    return (performance.now() - started) / 1000;
  };
  const reference = () => seconds(REFERENCE, ExitCode.asClaimed);
  const before = reference();
  const gate = seconds(GATE, ExitCode.asClaimed);
  const beside = (before + reference()) / 2;
  console.log(`all verdicts on all states, on ${availableParallelism()} cores`);
  console.log(`  npx zpci-fuzz ${GATE.join(' ')}: ${gate.toFixed(1)} s (wanted: under 60 s on 2 cores)`);
  console.log(`  npx zpci-fuzz ${REFERENCE.join(' ')}: ${beside.toFixed(1)} s, before and after`);
  console.log(`  the gate takes ${(gate / beside).toFixed(1)} times as long`);
}
