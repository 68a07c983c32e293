import { describe, expect, test } from 'vitest';
import { parsePatchSubject, titleKey } from './patch-subject.ts';

const PATCH = { isPatch: true, isReply: false, isRfc: false, version: 1, number: null, count: null };

describe('parsePatchSubject', () => {
  test.each([
    { subject: '[PATCH] a: b', says: { ...PATCH, title: 'a: b' } },
    { subject: '[PATCH v3 2/3] a: b', says: { ...PATCH, version: 3, number: 2, count: 3, title: 'a: b' } },
    { subject: '[PATCHv12 00/16] a', says: { ...PATCH, version: 12, number: 0, count: 16, title: 'a' } },
    {
      subject: '[kvm][RFC PATCH v4 1/7] a',
      says: { ...PATCH, isRfc: true, version: 4, number: 1, count: 7 },
    },
    { subject: '[PATCH RFC, v2] [x] a [y]', says: { ...PATCH, isRfc: true, version: 2, title: 'a [y]' } },
    { subject: 'Re: AW: [PATCH 1/2] a', says: { ...PATCH, isReply: true, number: 1, count: 2 } },
    { subject: '[GIT PULL] a', says: { ...PATCH, isPatch: false, title: 'a' } },
    { subject: '[PATCH a', says: { ...PATCH, isPatch: false, title: '[PATCH a' } },
    { subject: '', says: { ...PATCH, isPatch: false, title: '' } },
  ])('$subject', ({ subject, says }) => {
    expect(parsePatchSubject(subject)).toMatchObject(says);
  });

  test('does not read on for ever', () => {
    expect(parsePatchSubject(`[PATCH] ${'a'.repeat(1e6)}`).title.length).toBeLessThan(3000);
  });
});

test('titles are the same whatever case, spaces and a full stop', () => {
  expect(titleKey(' KVM: arm64:  Do This. ')).toBe(titleKey('kvm: arm64: do this'));
  expect(titleKey('do this')).not.toBe(titleKey('do that'));
});
