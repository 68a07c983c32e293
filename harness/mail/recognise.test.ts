import { describe, expect, test } from 'vitest';
import { loadSeries } from '../cli/registry.ts';
import { readMail } from './mail.ts';
import { recognise } from './recognise.ts';
import { touchedFiles } from './touched-files.ts';

const all = await loadSeries();

/** What a mail is taken for, with series by name. */
async function taken(subject: string, messageId = 'unknown@example.com', body = 'Why.\n'): Promise<object> {
  const mail = await readMail(Buffer.from(`Subject: ${subject}\nMessage-ID: <${messageId}>\n\n${body}`));
  const found = recognise(all, mail);
  if (!('series' in found)) return found;
  const { series, ...rest } = found;
  return { ...rest, series: 'name' in series ? series.name : series.map(({ name }) => name) };
}

const v3 = (patch: number): string => `20240529-vfio_pci_mmap-v3-${patch}-cd217d019218@linux.ibm.com`;

describe('a mail is recognised by its message id', () => {
  test('as a patch, whatever its subject is', async () => {
    const patch = { kind: 'patch', sign: 'message id', series: 'vfio-mmap', state: 'v3', number: 1 };
    expect(await taken('[PATCH v9 7/9] anything', v3(1))).toEqual(patch);
  });

  test('as a patch of the posting that it was in, not of those that took it over', async () => {
    const first = await taken('a', '20240521-vfio_pci_mmap-v1-2-2f6315e0054e@linux.ibm.com');
    expect(first).toMatchObject({ kind: 'patch', state: 'v1', number: 2 });
    // The RFC of zpci-io has the patches of v1, and comes before it.
    const second = await taken('a', '1611086550-32765-5-git-send-email-mjrosato@linux.ibm.com');
    expect(second).toMatchObject({ kind: 'patch', series: 'zpci-io', state: 'v1', number: 4 });
  });

  test('as a cover letter, and as a patch on top of a state', async () => {
    expect(await taken('a', v3(0))).toMatchObject({ kind: 'state', sign: 'message id', state: 'v3' });
    const top = await taken('a', '20240130025806.2027284-1-fenghua.yu@intel.com');
    expect(top).toMatchObject({ kind: 'state', series: 'remote-vm', state: 'smpwmb' });
  });

  test('but not as a patch where it only asked for one in words', async () => {
    expect(await taken('a', 'ZZvWzyNb1V29-H85@arm.com')).toEqual({ kind: 'nothing' });
  });
});

describe('else by subject', () => {
  const SUBJECT = 'vfio/pci: Tolerate oversized BARs by disallowing mmap';

  test('in a version that has a model', async () => {
    const patch = { kind: 'patch', sign: 'subject', series: 'vfio-mmap', state: 'v3', number: 2 };
    expect(await taken(`[PATCH v3 2/3] ${SUBJECT.toUpperCase()}.`)).toEqual(patch);
    expect(await taken(`[PATCH v2 2/3] ${SUBJECT}`)).toMatchObject({ state: 'v2' });
    expect(await taken(`[PATCH 2/3] ${SUBJECT}`)).toMatchObject({ state: 'v1' });
  });

  test('in another version, which is said', async () => {
    const other = { kind: 'other version', series: 'vfio-mmap', versions: ['v1', 'v2', 'v3'] };
    expect(await taken(`[PATCH v5 2/3] ${SUBJECT}`)).toEqual(other);
    expect(await taken(`[RFC PATCH 2/3] ${SUBJECT}`)).toEqual(other);
  });

  test('never in a version that nobody sent', async () => {
    const region = '[PATCH v2 4/4] vfio-pci/zdev: Introduce the zPCI I/O vfio region';
    expect(await taken(region)).toMatchObject({ kind: 'other version', series: 'zpci-io' });
  });

  test('not without a prefix, and not as an answer', async () => {
    expect(await taken(SUBJECT)).toEqual({ kind: 'nothing' });
    expect(await taken(`Re: [PATCH v3 2/3] ${SUBJECT}`)).toEqual({ kind: 'reply' });
    expect(await taken(`Re: [PATCH v3 2/3] ${SUBJECT}`, v3(1))).toEqual({ kind: 'reply' });
  });
});

test('a cover letter by the patches that it lists', async () => {
  const body = [
    'Somebody (2):',
    '  s390/pci: Fix s390_mmio_read/write syscall page fault handling',
    '  vfio/pci: Tolerate oversized BARs by disallowing mmap',
  ].join('\n');
  const cover = { kind: 'state', sign: 'shortlog', series: 'vfio-mmap', state: 'v3' };
  expect(await taken('[PATCH v3 0/3] vfio/pci: s390', undefined, body)).toEqual(cover);
  const other = { kind: 'other version', series: 'vfio-mmap' };
  expect(await taken('[PATCH v6 0/3] vfio/pci: s390', undefined, body)).toMatchObject(other);
  expect(await taken('[PATCH v3 1/3] vfio/pci: s390', undefined, body)).toEqual({ kind: 'nothing' });
});

test('a cover letter of others that names one of these patches is not of theirs', async () => {
  const own = 'vfio-pci/zdev: Introduce the zPCI I/O vfio region';
  const depends = `This builds on\n\n${own}\n\nSomebody (2):\n  ext4: one thing\n  ext4: another thing\n`;
  expect(await taken('[PATCH 0/2] ext4: things', undefined, depends)).toEqual({ kind: 'nothing' });
  const shares = `Somebody (4):\n  ${own}\n  ext4: one thing\n  ext4: another thing\n  ext4: third\n`;
  expect(await taken('[PATCH 0/4] ext4: things', undefined, shares)).toEqual({ kind: 'nothing' });
  expect(await taken('[PATCH 0/4] ext4: things', undefined, `\n${own}\n`)).toEqual({ kind: 'nothing' });
});

describe('else by files', () => {
  const DIFF = 'diff --git a/drivers/dma/idxd/cdev.c b/drivers/dma/idxd/cdev.c\n@@ -1 +1 @@\n-a\n+b\n';

  test('that patches of a series touch', async () => {
    const files = { kind: 'files', series: ['remote-vm'], files: ['drivers/dma/idxd/cdev.c'] };
    expect(await taken('[PATCH] idxd: do that', undefined, DIFF)).toEqual(files);
  });

  test('and files beside them are nothing', async () => {
    const elsewhere = DIFF.replaceAll('idxd/', 'idxd2/');
    expect(await taken('[PATCH] idxd2: do that', undefined, elsewhere)).toEqual({ kind: 'nothing' });
  });
});

test('touchedFiles names each file once', () => {
  const body =
    'see diff --git a/no b/no\ndiff --git a/x/y.c b/x/y.c\r\n--- a/x/y.c\n+++ b/x/y.c\n--- /dev/null\n+++ b/z\n';
  expect(touchedFiles(body)).toEqual(['x/y.c', 'z']);
});
