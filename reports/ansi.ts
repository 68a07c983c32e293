/** What a piece of text is, rather than a color: one place says how each looks on a terminal. */
export type Style = 'plain' | 'strong' | 'faint' | 'bad' | 'good' | 'unsure';

const CODES: Readonly<Record<Exclude<Style, 'plain'>, number>> = {
  strong: 1,
  faint: 2,
  bad: 31,
  good: 32,
  unsure: 33,
};

/** Text in a style. The only escape sequences that a report ever holds are made here. */
export function ansi(text: string, style: Style, color: boolean): string {
  return color && style !== 'plain' && text.trim() !== '' ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}
