import { describe, expect, test } from 'vitest';
import { quote, tame } from './quote.ts';

describe('a quoted value', () => {
  test.each<[unknown, string]>([
    ['v1', '"v1"'],
    [5, '5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [['1', '2'], '["1","2"]'],
    [Number.POSITIVE_INFINITY, 'a number beyond all bounds'],
    ['a\nb', '"a\\nb"'],
    ['\u001b[31m', '"\\u001b[31m"'],
    ['\u009b31m', '"?31m"'],
    ['a\u202eb\u2066c\u200fd', '"a?b?c?d"'],
  ])('%j is %s', (value, expected) => {
    expect(quote(value)).toBe(expected);
  });

  test('is cut at 60 characters', () => {
    expect(quote('x'.repeat(58))).toBe(`"${'x'.repeat(58)}"`);
    expect(quote('x'.repeat(59))).toBe(`"${'x'.repeat(55)}..."`);
  });
});

test('tame text is one line without anything that moves a cursor or reorders it', () => {
  expect(tame('one\n  two\u001b[2Jthree\u202e\u2028four\u0000')).toBe('one two?[2Jthree??four?');
});
