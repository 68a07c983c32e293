import { describe, expect, test } from 'vitest';
import { series } from './series.ts';

const VERSIONS = [
  'v1',
  'v2',
  'v3',
  'v4',
  'v5',
  'v6',
  'v7',
  'v8',
  'v9',
  'merged+nvgrace-v1',
  'merged+nvgrace',
];

describe('provenance', () => {
  test.each(VERSIONS)('every patch of %s names the message that it was posted in', (version) => {
    const ids = series.model(version)!.patches.map(({ source }) => source.messageId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(['alt-follow', 'alt-reject', 'alt-ioctl', 'alt-pfn', 'alt-fd'])(
    '%s names the message that it was proposed in',
    (state) => {
      expect(series.model(state)!.state.source).toMatchObject({
        status: 'proposed in review',
        messageId: expect.stringContaining('@'),
      });
    },
  );

  test.each([
    ['v4', '2/3', 'kvm: arm64: set io memory s2 pte as normalnc for vfio pci devices'],
    ['v5', '3/4', 'kvm: arm64: set io memory s2 pte as normalnc for vfio pci devices'],
    ['v8', '3/4', 'kvm: arm64: set io memory s2 pte as normalnc for vfio pci device'],
    ['v9', '3/4', 'KVM: arm64: Set io memory s2 pte as normalnc for vfio pci device'],
  ])('%s %s has the subject that it was posted with', (version, patch, subject) => {
    expect(series.model(version)!.patches.find(({ id }) => id === patch)!.subject).toBe(subject);
  });
});
