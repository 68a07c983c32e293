import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from './exit.ts';
import type { Reporter } from './reporter-names.ts';
import type { Terminal } from './terminal.ts';

/** Writes a report part by part: the first replaces what an earlier run left there. */
export function reportFile(file: string): (text: string) => void {
  let flag: 'w' | 'a' = 'w';
  return (text) => {
    writeFileSync(file, text, { flag });
    flag = 'a';
  };
}

/** A report, by the name of its form, and where it goes. */
export interface Output {
  readonly name: Reporter['name'];
  readonly write: (text: string) => void;
}

/** Asked before the search, so that its results are not lost. @throws {@link UsageError} */
export function outputsOf(reporters: readonly Reporter[], terminal: Terminal): Output[] {
  for (const { file } of reporters) if (file !== null) checkReportFile(file);
  return reporters.map(({ name, file }) => ({ name, write: writerOf(file, terminal) }));
}

/** Reports go to stdout, or to the file that their reporter names. */
export const writerOf = (file: string | null, terminal: Terminal): ((text: string) => void) =>
  file === null ? terminal.print : reportFile(file);

/** Asked before the search, so that its results are not lost. @throws {@link UsageError} */
export function checkReportFile(file: string): void {
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
