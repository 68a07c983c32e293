import type { Terminal } from './terminal.ts';

/** A terminal of a test: what was printed, and no signals. The clock goes a second further each time it is read. */
export class CapturedTerminal implements Terminal {
  readonly color: boolean;
  readonly width = 80;
  readonly interactive = false;
  readonly stepSummary: string | null;
  stdout = '';
  stderr = '';
  #now = 0;

  constructor({
    color = false,
    stepSummary = null,
  }: { readonly color?: boolean; readonly stepSummary?: string | null } = {}) {
    this.color = color;
    this.stepSummary = stepSummary;
  }

  readonly print = (text: string): void => {
    this.stdout += text;
  };

  readonly error = (text: string): void => {
    this.stderr += `${text}\n`;
  };

  readonly now = (): number => {
    this.#now += 1000;
    return this.#now;
  };

  readonly today = (): string => '2026-01-01';

  readonly onSignal = (): (() => void) => () => {};
}
