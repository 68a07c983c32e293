import { expect, test } from 'vitest';
import { loreLink } from './lore-link.ts';

test.each([
  ['1-2@example.com', 'https://lore.kernel.org/all/1-2@example.com/'],
  ['a/b?c#d@example.com', 'https://lore.kernel.org/all/a%2Fb%3Fc%23d@example.com/'],
  ['no message id', null],
  ['two words@example.com', null],
  ['a@b\u202ecom', null],
  [undefined, null],
  [null, null],
])('%j is at %s', (messageId, link) => expect(loreLink(messageId)).toBe(link));
