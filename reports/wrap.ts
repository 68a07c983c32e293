import { plain } from './plain.ts';

/** Columns that a text takes on a terminal: models print ASCII and `…`, so characters are counted. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** Width of the widest text. A loop: a recording can have more steps than a call takes arguments. */
export function widest(texts: Iterable<string>): number {
  let width = 0;
  for (const text of texts) width = Math.max(width, widthOf(plain(text)));
  return width;
}

/** At most `width` columns, the last of them `…` where something was cut off. */
export function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Lines of at most `width` columns, broken between words; all but the first are indented by `hang`. */
export function wrap(text: string, width: number, hang = 0): string[] {
  const indent = ' '.repeat(Math.max(0, Math.min(hang, width - MIN_ROOM)));
  const lines: string[] = [];
  let line = '';
  let empty = true;
  for (let word of plain(text).split(' ')) {
    if (!empty && widthOf(line) + 1 + widthOf(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (!empty) {
      lines.push(line);
      // A word that only the indent keeps from fitting is worth more in one piece.
      line = indent.slice(0, Math.max(0, width - widthOf(word)));
    }
    while (widthOf(line) + widthOf(word) > width) {
      const head = headOf(word, width - widthOf(line));
      lines.push(line + head);
      word = word.slice(head.length);
      line = indent;
    }
    line += word;
    empty = false;
  }
  return [...lines, line].map((wrapped) => wrapped.trimEnd());
}

/** However narrow it gets, some characters of each line are text. */
const MIN_ROOM = 4;

/** The part of a too long word that goes on this line; names are broken after a separator if one is near. */
function headOf(word: string, room: number): string {
  const head = Array.from(word).slice(0, Math.max(1, room)).join('');
  const separator = Math.max(...['_', '-', '/', '.', ','].map((mark) => head.lastIndexOf(mark)));
  return separator >= head.length / 2 ? head.slice(0, separator + 1) : head;
}
