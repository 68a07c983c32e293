import { describe, expect, test } from 'vitest';
import { readMail } from './mail.ts';

const read = (...lines: readonly string[]) => readMail(Buffer.from(lines.join('\n'), 'utf8'));

describe('readMail', () => {
  test('unfolds and decodes headers', async () => {
    const mail = await read(
      'From: =?utf-8?q?J=C3=B6rg?= <j@example.com>',
      'Message-Id:',
      ' <1@example.com>',
      'Subject: [PATCH v2 1/2] counter: =?utf-8?b?bMO8Y2tl?=',
      '\tfree again',
      '',
      'Why.',
    );
    expect(mail).toMatchObject({
      messageId: '1@example.com',
      subject: '[PATCH v2 1/2] counter: lücke free again',
    });
    expect(mail.body).toContain('Why.');
  });

  test('takes the line that mbox and git put before a mail, and carriage returns', async () => {
    const mail = await readMail(
      Buffer.from(
        `From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\r\nSubject: [PATCH] a\r\n\r\ndiff --git a/x b/x\r\n`,
      ),
    );
    expect(mail).toMatchObject({ messageId: null, subject: '[PATCH] a' });
    expect(mail.body).toContain('diff --git a/x b/x');
  });

  test.each([
    ['as it was sent', Buffer.from('diff --git a/x=3Dy b/x=3Dy\n').toString('base64')],
    ['decoded, as b4 hands it over', 'diff --git a/x=3Dy b/x=3Dy'],
  ])('finds the text of a body in base64, %s', async (_, body) => {
    const mail = await read('Subject: [PATCH] a', 'Content-Transfer-Encoding: base64', '', body, '');
    expect(mail.body).toContain('diff --git a/x=3Dy b/x=3Dy\n');
  });

  test.each([
    { what: 'nothing', bytes: ' \n\n', says: /^stdin is empty; pipe in one patch or cover letter/ },
    { what: 'binary', bytes: 'Subject: a\n\n\0', says: /^stdin is binary;/ },
    { what: 'a diff', bytes: 'diff --git a/x b/x\n', says: /does not begin with the headers of a mail/ },
    { what: 'headers of something else', bytes: 'Host: a\n\nSubject: b\n', says: /does not begin with/ },
    {
      what: 'the patches of a branch',
      bytes: `Subject: [PATCH 1/2] a\n\nb\n\nFrom ${'b'.repeat(40)} Mon Sep 17 00:00:00 2001\nSubject: c\n\nd\n`,
      says: /holds several mails/,
    },
    {
      what: 'parts without end',
      bytes: Array.from(
        { length: 400 },
        (_, at) => `Subject: a\nContent-Type: multipart/mixed; boundary=${at}\n\n--${at}\n`,
      ).join(''),
      says: /is no mail that can be read/,
    },
  ])('refuses $what', async ({ bytes, says }) => {
    await expect(readMail(Buffer.from(bytes))).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(says),
    });
  });
});
