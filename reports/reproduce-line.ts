import { type Line, span } from './page.ts';
import { plain } from './plain.ts';
import { widthOf } from './wrap.ts';

const PREFIX = 'reproduce: ';

/** The command that shows this again. Where it is too long, it is broken as a shell takes it: between arguments. */
export function reproduceLine(command: string, width: number): Line[] {
  const lines: string[] = [];
  let line = PREFIX;
  const words = plain(command).match(/(?:'[^']*'|"[^"]*"|[^\s'"]|['"])+/g) ?? [];
  for (const [at, argument] of words.entries()) {
    const spaced = line === PREFIX || line.trim() === '' ? argument : ` ${argument}`;
    if (line === PREFIX || widthOf(line) + widthOf(spaced) + CONTINUED.length <= width) {
      line += spaced;
    } else {
      lines.push(line + CONTINUED);
      line = `  ${argument}`;
    }
    // One argument longer than a line: a backslash at its very end joins it to what starts the next line.
    const room = at === words.length - 1 ? width : width - CONTINUED.length;
    while (widthOf(line) > room) {
      lines.push(`${line.slice(0, width - 1)}\\`);
      line = line.slice(width - 1);
    }
  }
  return [...lines, line].map((text, at) =>
    at === 0 ? [span(PREFIX, 'faint'), span(text.slice(PREFIX.length))] : [span(text)],
  );
}

const CONTINUED = ' \\';
