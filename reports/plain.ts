/**
 * Text without anything that moves a cursor, recolors a terminal or reorders a line: control characters (C0, C1,
 * ESC), format characters (bidi marks, zero width) and lone surrogates. White space of any kind becomes a space, so
 * that what was one string stays one line.
 */
export function plain(text: string): string {
  return text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
}
