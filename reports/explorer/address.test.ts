/** Addresses are typed, cut and sent: whatever they are, they are some page. */
import { describe, expect, test } from 'vitest';
import { addressText, linkTo, parseAddress } from './address.ts';
import { parseSchedule, scheduleText } from './schedule-text.ts';
import { visible } from './visible.ts';

describe('an address', () => {
  test.each([
    ['counterexample', 'aa5a788f3531', { step: '12', beside: 'zpci-io/v3' }],
    ['state', 'zpci-io/v1+hp', { claim: 'no-deadlock' }],
    ['bisect', 'vfio-mmap/v3', {}],
    ['counterexample', 'a/b?c#d&e=f %\u202e', { schedule: '12*user0,3*main%20loop' }],
    ['overview', '', { q: 'v1+hp & more', hide: 'mutant,inferred' }],
  ] as const)('of %s %s is read as it was written', (page, id, parameters) => {
    const address = parseAddress(linkTo(page, id, parameters));
    expect(address).toEqual({ page, id, parameters: new Map(Object.entries(parameters)) });
    expect(parseAddress(addressText(address))).toEqual(address);
  });

  test.each(['', '#', '#/', '#/x/y', '#/c', '#/c/', '#/c/%E0%A4%A', '#nonsense', '#/s//'])(
    '`%s` is the overview',
    (hash) => {
      expect(parseAddress(hash)).toMatchObject({ page: 'overview', id: '' });
    },
  );

  test('leaves out what is empty', () => {
    expect(linkTo('counterexample', 'x', { schedule: '', step: '1' })).toBe('#/c/x?step=1');
  });
});

describe('a schedule in an address', () => {
  test.each([
    [['user0', 'user0', 'user1', 'user0'], '2*user0,1*user1,1*user0'],
    [['a,b', '3*c', '%', 'guest#2'], '1*a%2Cb,1*3*c,1*%25,1*guest%232'],
  ])('of %j is %s, and back', (schedule, text) => {
    expect(scheduleText(schedule)).toBe(text);
    expect(parseSchedule(text, 100)).toEqual(schedule);
  });

  test.each([
    '',
    'user0',
    '*user0',
    '0*user0',
    '-1*user0',
    '1*',
    '1*user0,',
    '1*%E0%A4%A',
    '101*user0',
    '60*a,60*b',
    '9999999999*a',
  ])('is none where it cannot be read or is too long: `%s`', (text) => {
    expect(parseSchedule(text, 100)).toBeNull();
  });
});

describe('text from outside', () => {
  test.each([
    ['plain text, <b>markup</b> & ünïcode', 'plain text, <b>markup</b> & ünïcode'],
    ['a\u202eb\u2066c\u200dd', 'a\\u202eb\\u2066c\\u200dd'],
    ['line\nend\u2028\u2029\u0000\u001b[31m', 'line\\u000aend\\u2028\\u2029\\u0000\\u001b[31m'],
    ['\ud800 alone, \u{e0041} tag', '\\ud800 alone, \\ue0041 tag'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('is cut where it is endless, and says how long it is', () => {
    const shown = visible('x'.repeat(1_000_000));
    expect(shown.length).toBeLessThan(2_100);
    expect(shown).toContain('1000000 characters');
  });
});
