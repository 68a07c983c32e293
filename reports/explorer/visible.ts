/** Characters after which a text is cut: no page is laid out for longer ones. */
const LENGTH_MAX = 2_000;

/**
 * Text from a scenario, a file name or an address as a page can show it: what would reorder a line, or not be seen at all, is
 * written out (`\u202e`), and what is very long is cut.
 */
export function visible(text: string): string {
  const whole =
    text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}… (${text.length} characters)`;
  return whole.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
