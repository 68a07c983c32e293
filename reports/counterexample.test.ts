import { describe, expect, it } from 'vitest';
import { renderCounterexample } from './counterexample.ts';
import {
  crowdedDeadlock,
  deadlock,
  everyRecording,
  hostile,
  longRun,
  memoryDisabled,
  race,
  recordingOf,
  section,
  UNPRINTABLE,
  widestLine,
} from './recordings.fixture.ts';

const reproduce =
  'zpci-fuzz replay corpus/zpci-io/v1/request-executes-as-validated/4f1c09ab22de.json --model zpci-io/v1';
const options = { color: false, width: 80, reproduce };
const loadLongerThan8 = { property: 'request-executes-as-validated', kind: 'load-longer-than-8' };
const inCycle = { property: 'no-deadlock', kind: 'lock-and-event-cycle' };

describe('renderCounterexample', () => {
  it('shows a whole counterexample of one actor', () => {
    const text = renderCounterexample(memoryDisabled(), { ...options, reproduce: 'zpci-fuzz exec x.json' });
    expect(text).toMatchInlineSnapshot(`
      "zpci-io/mainline (merged v7.1-rc1) breaks no-access-while-memory-disabled:
        driver-access-while-disabled

      claim   with PCI_COMMAND_MEMORY clear (and no_command_memory not set) no
              instruction accesses a BAR
      source  inferred, what vfio_pci_bar_rw has memory_lock for (invariant Z21)
      found   user0 accessed BAR 0 with memory disabled; it matters where
              no_command_memory is not set.

      operations
        user0  1. memory_disable
               2. bar_write bar=0 pos=0 count=8

      --- expected by no-access-while-memory-disabled
      +++ zpci-io/mainline (merged v7.1-rc1) at step 9
      @@ -1,1 +1,1 @@
      --EIO, no instruction
      +pcistb pcias 0 offset 0x0 len 8

      interleaving
          user0
          --------------------------------------------
        0  begin memory_disable
          vfio_config_rw:
        1  device fd: 2 references
          vfio_basic_config_write:
        2  lock memory_lock
        3  write PCI_COMMAND_MEMORY = false
        4  unlock memory_lock
          vfio_config_rw:
        5  device fd: 1 reference
           returns 0
        6  begin bar_write
          ksys_pwrite64:
        7  device fd: 2 references
          ism_vfio_pci_do_io_w:
        8  read zdev->fh = 0x80001234
          __zpci_store_block:
      > 9  the function: PCISTB pcias 0 offset 0 len 8
          ksys_pwrite64:
       10  device fd: 1 reference
           returns 8

      provenance
        [vfio-ism] vfio/ism: Implement vfio_pci driver for ISM devices
          merged v7.1-rc1, <20260325-vfio_pci_ism-v8-2-ddc504cde914@linux.ibm.com>,
            commit bf4197be96d0
          code: ism_vfio_pci_do_io_w
        unchanged base: vfio_config_rw, vfio_basic_config_write, ksys_pwrite64,
          __zpci_store_block

      reproduce: zpci-fuzz exec x.json
      "
    `);
  });

  it('names the state with its label, and the violation that is asked for', () => {
    const text = renderCounterexample(race(), { ...options, property: loadLongerThan8 });
    expect(text.split('\n').slice(0, 2)).toEqual([
      'zpci-io/v1 (posted 2021-01-19) breaks request-executes-as-validated:',
      '  load-longer-than-8',
    ]);
    expect(text).toContain('+++ zpci-io/v1 (posted 2021-01-19) at step 30');
    // Every mention of the state but the one in the command, which is to be typed.
    const mentions = text.slice(0, text.indexOf('reproduce:')).match(/zpci-io\/v1.{19}/g) ?? [];
    expect(mentions).toHaveLength(2);
    for (const mention of mentions) expect(mention).toContain('(posted 2021');
  });

  it('says what else the execution breaks', () => {
    const text = renderCounterexample(race(), { ...options, property: loadLongerThan8 });
    expect(text).toContain('also    request-belongs-to-caller: executes-another-request\n');
    expect(text).not.toContain('also    request-executes-as-validated');
  });

  it('gives each actor of a race its column, and marks the step that breaks the claim', () => {
    const lines = section(renderCounterexample(race(), options), 'interleaving').split('\n');
    const offset = lines[1]!.indexOf('user1');
    expect(lines[1]).toMatch(/^ {4}user0 +user1$/);
    expect(lines).toContain(' 12  lock zdev->lock');
    expect(lines).toContain(` 13 ${' '.repeat(offset - 4)} begin region_write`);
    expect(lines[lines.indexOf(' 12  lock zdev->lock') + 1], 'a switch').toBe('');
    expect(lines).toContain(`${' '.repeat(offset)} returns -5 (-EIO)`);
    expect(lines.filter((line) => line.startsWith('>'))).toEqual([
      '>30  the function: PCILG pcias 0 offset 0',
    ]);
    expect(lines[lines.findIndex((line) => line.startsWith('>')) + 1]).toBe('       len 4096');
  });

  it('names a function once while its actor stays in it', () => {
    const lines = section(renderCounterexample(race(), options), 'interleaving').split('\n');
    expect(lines.filter((line) => line.trim() === 'vfio_pci_zdev_io_rw:')).toHaveLength(2);
  });

  it('leaves out what follows the violation, but for returns', () => {
    const lines = section(renderCounterexample(race(), options), 'interleaving').split('\n');
    expect(lines.slice(-4)).toEqual([
      '    … 2 more steps',
      '    ksys_pwrite64:',
      ' 33  device fd: 1 reference',
      '     returns 32',
    ]);
  });

  it('leaves out reads in a long run that can see nothing new, and nothing else', () => {
    const text = section(renderCounterexample(longRun(), options), 'interleaving');
    expect(text).toContain(
      '  5  write req.len/pcias = 0x0000000000080000\n     … 6 reads\n 12  lock zdev->lock\n',
    );
  });

  it('lists more than three actors with their names in front', () => {
    const text = section(
      renderCounterexample(crowdedDeadlock(), { ...options, property: inCycle }),
      'interleaving',
    );
    expect(text).toContain('\n  0 user0   begin region_write\n\n  1 user1   begin region_write\n');
    expect(text).toContain('\n           disable_slot:\n 11 admin   lock zdev->lock\n');
    expect(text).toMatch(/^>47 guest/m);
  });

  it('explains a deadlock as a cycle, with what kind each edge is', () => {
    const text = renderCounterexample(deadlock(), { ...options, property: inCycle });
    expect(section(text, 'deadlock')).toMatchInlineSnapshot(`
      "deadlock
        admin  holds zdev->lock, pci_rescan_remove_lock, dev->mutex
               waits for event "last vfio reference dropped (fd closed)", up to guest,
                 since step 8 (power_off, begun at step 0)
        guest  holds BQL
               waits for lock zdev->lock, held by admin, since step 26 (guest, begun
                 at step 13)
        cycle: admin -event-> guest -lock-> admin
        (an event edge: lockdep cannot see this cycle)"
    `);
    expect(text).toContain('    admin                     qemu                      guest\n');
  });

  it('says nothing of lockdep where only locks are in the cycle', () => {
    const recording = deadlock();
    const waiting = recording.waiting.map((wait) => ({ ...wait, edge: 'lock' as const, waitsFor: 'l' }));
    const text = renderCounterexample({ ...recording, waiting }, options);
    expect(text).toContain('cycle: admin -lock-> guest -lock-> admin\n');
    expect(text).not.toContain('lockdep');
  });

  it('does not call it a cycle where nobody can end a wait', () => {
    const recording = deadlock();
    const waiting = [{ ...recording.waiting[0]!, heldBy: [] }];
    const text = section(renderCounterexample({ ...recording, waiting }, options), 'deadlock');
    expect(text).toMatch(/up to\s+nobody/);
    expect(text).not.toContain('cycle');
    expect(text).toContain('(an event: lockdep cannot see this wait)');
  });

  it('cites the patches that the shown code comes from', () => {
    const text = section(renderCounterexample(deadlock(), options), 'provenance');
    expect(text).toContain('[hp] s390/pci: hold zdev->lock across disable_slot');
    expect(text).toContain("inferred 2021-01-20, from Niklas Schnelle's mail");
    expect(text).toContain('<1611086550-32765-5-git-send-email-mjrosato@linux.ibm.com>');
    expect(text).toContain('code: disable_slot\n');
    expect(text).toMatch(/unchanged base: vfio_del_group_dev/);
  });

  it('shows the world and the operations compactly', () => {
    const recording = recordingOf(
      'mainline',
      [
        { actor: 'user1', op: 'memory_disable' },
        { actor: 'user1', op: 'bar_write', bar: 0, pos: 0, count: 8, buffer: 'ok' },
        { actor: 'user0', op: 'bar_read', bar: 0, pos: 8, count: 4, buffer: 'bad' },
      ],
      [],
      { maxstbl: 128, bars: [{ bar: 0, size: '0x10000' }] },
    );
    expect(section(renderCounterexample(recording, options), 'operations')).toBe(
      [
        'operations',
        '  world: maxstbl=128 bars=[{bar=0 size=0x10000}]',
        '  user1  1. memory_disable',
        '         2. bar_write bar=0 pos=0 count=8',
        '  user0  bar_read bar=0 pos=8 count=4 buffer=bad',
      ].join('\n'),
    );
    const operations = section(renderCounterexample(race(), options), 'operations');
    expect(operations).toContain('user0  region_write pos=16 count=32 req={flags=1 gaddr=0x10000 len=8}\n');
  });

  it('says whether it is minimal only when that is known', () => {
    const titleFor = (minimal?: boolean) =>
      section(
        renderCounterexample(race(), { ...options, ...(minimal === undefined ? {} : { minimal }) }),
        'operations',
      ).split('\n')[0];
    expect(titleFor()).toBe('operations');
    expect(titleFor(true)).toBe(
      'operations (1-minimal: every one of them and every context switch is needed)',
    );
    expect(titleFor(false)).toBe('operations (not shrunk to the end: there may be a smaller one)');
  });

  it('ends in the command, broken as a shell joins it again', () => {
    for (const width of [40, 80, 200]) {
      const text = renderCounterexample(race(), { ...options, width });
      const command = text
        .slice(text.lastIndexOf('reproduce: ') + 'reproduce: '.length)
        .replaceAll('\\\n', '')
        .trim();
      expect(command.split(/\s+/)).toEqual(reproduce.split(' '));
    }
  });

  it('exceeds no width', () => {
    for (const recording of everyRecording()) {
      for (const width of [24, 40, 60, 72, 80, 100, 132]) {
        const text = renderCounterexample(recording, { ...options, width, minimal: true });
        expect(widestLine(text), `${recording.model.id} at ${width}`).toBeLessThanOrEqual(width);
      }
    }
  });

  it('cuts nothing off at 80 columns', () => {
    for (const recording of everyRecording()) {
      const text = renderCounterexample(recording, { ...options, minimal: true });
      expect(text.split('\n').filter((line) => line.endsWith('…'))).toEqual([]);
    }
  });

  it('prints no control or format character that it did not make', () => {
    for (const recording of everyRecording()) {
      const text = renderCounterexample(hostile(recording), {
        ...options,
        reproduce: `${reproduce}\u001b[2J\u202e`,
      });
      expect(text).not.toMatch(UNPRINTABLE);
      expect(widestLine(text)).toBeLessThanOrEqual(80);
      const colored = renderCounterexample(hostile(recording), { ...options, color: true });
      expect(colored.replace(/\u001b\[(0|1|2|31|32|33)m/g, '')).not.toMatch(UNPRINTABLE);
    }
  });

  it('has the same text with and without color', () => {
    for (const recording of everyRecording()) {
      const colored = renderCounterexample(recording, { ...options, color: true });
      expect(colored).toContain('\u001b[');
      expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderCounterexample(recording, options));
    }
  });

  it('is a function of its arguments', () => {
    expect(renderCounterexample(race(), options)).toBe(renderCounterexample(race(), options));
  });

  it('refuses a recording without the violation', () => {
    expect(() =>
      renderCounterexample(race(), { ...options, property: { property: 'no-deadlock', kind: 'lock-cycle' } }),
    ).toThrow(
      /expected an execution of zpci-io\/v1 that breaks no-deadlock: lock-cycle, got one that breaks/,
    );
  });
});
