import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { tame } from '../quote.ts';
import { ExitCode, UsageError } from './exit.ts';
import type { Reporter } from './reporter-names.ts';
import type { Terminal } from './terminal.ts';

/** Writes a report part by part: the first replaces what an earlier run left there. */
function reportFile(file: string): (text: string) => void {
  let flag: 'w' | 'a' = 'w';
  return (text) => {
    writeFileSync(file, text, { flag });
    flag = 'a';
  };
}

/** A report, by the name of its form, and where it goes. */
export interface Output {
  readonly name: Reporter['name'];
  /** A report that cannot be written is told of, and keeps no other from being written. */
  readonly write: (text: string) => void;
  /** Whether something of it could not be written. */
  isLost(): boolean;
}

/** What a command ends with, unless a report of it is lost. */
export const codeWith = (outputs: readonly Output[], code: ExitCode): ExitCode =>
  outputs.some((one) => one.isLost()) ? ExitCode.brokenContract : code;

/** Asked before the search, so that its results are not lost. @throws {@link UsageError} */
export function outputsOf(reporters: readonly Reporter[], terminal: Terminal): Output[] {
  for (const { file } of reporters) if (file !== null) checkReportFile(file);
  return reporters.map(({ name, file }) => {
    let lost = false;
    if (file === null) return { name, write: terminal.print, isLost: () => false };
    const append = reportFile(file);
    return {
      name,
      write: (text) => {
        if (lost) return;
        try {
          append(text);
        } catch (error) {
          lost = true;
          terminal.error(`the report ${tame(file)} is lost: it cannot be written (${reasonOf(error)}).`);
        }
      },
      isLost: () => lost,
    };
  });
}

/** Asked before the search, so that its results are not lost. @throws {@link UsageError} */
function checkReportFile(file: string): void {
  const obstacle = obstacleTo(file);
  if (obstacle !== null) throw new UsageError(`the report ${file} cannot be written: ${obstacle}.`);
}

function obstacleTo(file: string): string | null {
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) return 'it is a folder';
    return isWritable(file) ? null : 'it is not writable';
  }
  const folder = dirname(file);
  if (!existsSync(folder)) return `${folder} does not exist`;
  if (!statSync(folder).isDirectory()) return `${folder} is not a folder`;
  return isWritable(folder) ? null : `${folder} is not writable`;
}

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `ENOSPC: no space left on device`, without the call that failed. */
export const reasonOf = (error: unknown): string =>
  tame(error instanceof Error ? error.message.replace(/, \w+( '.*')?$/s, '') : String(error));
