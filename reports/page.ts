import { ansi, type Style } from './ansi.ts';
import { plain } from './plain.ts';
import { widthOf, wrap } from './wrap.ts';

/** How a report is to look; the terminal itself is the caller's business. */
export interface PageOptions {
  readonly color: boolean;
  /** Columns that no line may exceed. */
  readonly width: number;
}

/** A stretch of one line in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export const BLANK: Line = [];

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

/** A text over as many lines as it needs, in one style. */
export function paragraph(text: string, width: number, style: Style = 'plain', hang = 2): Line[] {
  return wrap(text, width, hang).map((line) => [span(line, style)]);
}

/** A short name and, beside it, a text in a column of its own. */
export function labelled(label: string, labelWidth: number, text: string, width: number): Line[] {
  const lines = wrap(text, Math.max(8, width - labelWidth));
  return lines.map((line, at) => [span((at === 0 ? label : '').padEnd(labelWidth), 'faint'), span(line)]);
}

/** One row of a list: a name (or nothing, below the row that has it) and what is said of it. */
export function beside(
  name: string,
  nameWidth: number,
  text: string,
  width: number,
  style: Style = 'plain',
): Line[] {
  return wrap(text, width - nameWidth - 4, 2).map((line, at) => [
    span(`  ${(at === 0 ? plain(name) : '').padEnd(nameWidth)}  `, 'strong'),
    span(line, style),
  ]);
}

/** A section under its title; no title where there is nothing to say. */
export function titled(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [[span(title, 'strong')], ...lines];
}

/** Sections with an empty line between them; a section without lines leaves no trace. */
export function sections(...parts: readonly (readonly Line[])[]): Line[] {
  return parts.filter((part) => part.length > 0).flatMap((part, at) => (at === 0 ? part : [BLANK, ...part]));
}

/**
 * The text of a page. Whatever a line is made of, here it loses what a terminal would obey and all that goes beyond
 * the width, so that no section has to be trusted with either.
 */
export function printPage(lines: readonly Line[], { color, width }: PageOptions): string {
  return `${lines.map((line) => printLine(line, width, color)).join('\n')}\n`;
}

function printLine(line: Line, width: number, color: boolean): string {
  const spans = trimEnd(line.map(({ text, style }) => span(plain(text), style)));
  const tooLong = spans.reduce((sum, { text }) => sum + widthOf(text), 0) > width;
  let room = tooLong ? width - 1 : width;
  const printed = spans.map(({ text, style }) => {
    const kept = Array.from(text).slice(0, room).join('');
    room -= widthOf(kept);
    return ansi(kept, style, color);
  });
  return `${printed.join('')}${tooLong ? '…' : ''}`;
}

function trimEnd(spans: readonly Span[]): Span[] {
  const trimmed = [...spans];
  for (let last = trimmed.pop(); last !== undefined; last = trimmed.pop()) {
    const text = last.text.trimEnd();
    if (text !== '') return [...trimmed, span(text, last.style)];
  }
  return [];
}
