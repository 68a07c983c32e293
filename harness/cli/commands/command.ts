import type { Argv } from 'yargs';
import type { ExitCode } from '../exit.ts';
import { makeTerminal } from '../terminal.ts';

/** Flags that all commands have. */
export interface CommonFlags {
  color: boolean;
  debug: boolean;
  'exit-style': 'plain' | 'bisect';
}

/** Adds a command to the parser. What a command is made of is loaded only when it runs; `finish` takes its exit code. */
export type AddCommand = (parser: Argv<CommonFlags>, finish: (code: ExitCode) => void) => void;

export const terminal = ({ color }: CommonFlags): ReturnType<typeof makeTerminal> => makeTerminal({ color });
