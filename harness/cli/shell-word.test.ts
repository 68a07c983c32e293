import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test.each(['corpus/zpci-io/v1+hp/x/1.json', 'my corpus/1.json', "it's", '$HOME', 'a"b', '*', ''])(
  'a shell reads %j back as it is',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);

test('what needs no quotes gets none', () => {
  expect(shellWord('corpus/zpci-io/v1+hp/x/1.json')).toBe('corpus/zpci-io/v1+hp/x/1.json');
});
