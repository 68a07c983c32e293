import { type Line, span } from './page.ts';
import { plain } from './plain.ts';
import { widthOf } from './wrap.ts';

const PREFIX = 'reproduce: ';

/** The command that shows this again. Where it is too long, it is broken as a shell takes it: between arguments. */
export function reproduceLine(command: string, width: number): Line[] {
  const lines: string[] = [];
  let line = PREFIX;
  const words = plain(command).match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"])+|['"]/g) ?? [];
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
      const cut = cutAt(line, width);
      lines.push(cut.head);
      line = cut.rest;
    }
  }
  return [...lines, line].map((text, at) =>
    at === 0 ? [span(PREFIX, 'faint'), span(text.slice(PREFIX.length))] : [span(text)],
  );
}

const CONTINUED = ' \\';

/** Within quotes a shell keeps the backslash: they are closed before it, and opened again behind it. */
function cutAt(line: string, width: number): { readonly head: string; readonly rest: string } {
  const isQuoted = endsQuoted(line.slice(0, width - 2));
  const length = isQuoted ? width - 2 : width - 1;
  // Nor between a backslash and what it is for.
  const end = !isQuoted && line[length - 1] === '\\' ? length - 1 : length;
  const quote = isQuoted ? "'" : '';
  return { head: `${line.slice(0, end)}${quote}\\`, rest: quote + line.slice(end) };
}

function endsQuoted(text: string): boolean {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    else if (text[at] === '\\' && !isQuoted) at++;
  }
  return isQuoted;
}
