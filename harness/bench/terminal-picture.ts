/** What a terminal showed, as an SVG picture: text stays text, and colors follow the reader's light or dark scheme. */

/** A picture of so many lines, each of them with the escape sequences that reports use. */
export interface TerminalPicture {
  /** What was typed. */
  readonly command: string;
  readonly lines: readonly string[];
  /** For those who hear it. */
  readonly title: string;
  readonly description: string;
}

const COLUMNS = 80;
const FONT_SIZE = 14;
/** Of the widest monospace fonts that readers are likely to have; each stretch is set at its own column all the same. */
const CELL = 8.43;
const LINE = 19;
const MARGIN = 14;

/** Classes by SGR code, as reports/ansi.ts gives them. */
const CLASSES: Readonly<Record<string, string>> = {
  1: 'strong',
  2: 'faint',
  31: 'bad',
  32: 'good',
  33: 'unsure',
};

const STYLE = `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328;white-space:pre}
rect{fill:#fff;stroke:#d1d9e0}
.strong{font-weight:bold}.faint{fill:#59636e}.bad{fill:#c1121f}.good{fill:#116329}.unsure{fill:#7d4e00}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#0d1117;stroke:#3d444d}.faint{fill:#9198a1}.bad{fill:#ff7b72}.good{fill:#56d364}.unsure{fill:#e3b341}}`;

/** @throws if a line is wider than a terminal, or has an escape sequence that no report makes. */
export function terminalPicture({ command, lines, title, description }: TerminalPicture): string {
  const all = [...promptLines(command), '', ...lines];
  const width = Math.ceil(COLUMNS * CELL + 2 * MARGIN);
  const height = all.length * LINE + 2 * MARGIN;
  const texts = all.flatMap((line, row) => {
    const y = MARGIN + row * LINE + FONT_SIZE;
    return line === '' ? [] : [`<text y="${y}">${lineSpans(line)}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(description)}</desc>
<style>${STYLE}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join('\n')}
</svg>
`;
}

/** The command as a shell takes it: broken between arguments where it is too long. */
function promptLines(command: string): string[] {
  const lines: string[] = [];
  let line = '$';
  // A flag stays with its value.
  for (const word of command.match(/--[\w-]+ (?!--)\S+|\S+/g) ?? []) {
    if (line.length + word.length + 3 > COLUMNS) {
      lines.push(`${line} \\`);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].map((text) => `\u001b[1m${text}\u001b[0m`);
}

function lineSpans(line: string): string {
  let column = 0;
  let name = '';
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
      if (code !== undefined) {
        if (code !== '0' && CLASSES[code] === undefined)
          throw new Error(`no report makes the escape sequence ${code}`);
        name = CLASSES[code] ?? '';
        return '';
      }
      if (part === '') return '';
      const x = (MARGIN + column * CELL).toFixed(1);
      column += Array.from(part).length;
      if (column > COLUMNS) throw new Error(`${JSON.stringify(line)} is wider than ${COLUMNS} columns`);
      return `<tspan x="${x}"${name === '' ? '' : ` class="${name}"`}>${escaped(part)}</tspan>`;
    })
    .join('');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
