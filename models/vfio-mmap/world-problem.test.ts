import { describe, expect, test } from 'vitest';
import { operationsProblem, worldProblem } from './world-problem.ts';

describe('the BARs of a world', () => {
  test.each([
    [[{ bar: 4, size: 0x4000 }], null],
    [[{ bar: 2, size: 0x800, start: 0x800 }], null],
    [
      [
        { bar: 4, size: 0x4000 },
        { bar: 4, size: 8 },
      ],
      /names BAR 4 twice/,
    ],
    [[{ bar: 0, size: 0 }], /BAR 0 a size of 0; allowed/],
    [[{ bar: 0, size: '0x1000000000001' }], /allowed: 1 byte to 256 TiB/],
    [[{ bar: 0, size: 0x1000, start: 8 }], /within one page/],
  ])('%j', (bars, problem) => {
    const found = worldProblem({ bars });
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });
});

test('MIO is for s390, and comes with zPCI', () => {
  expect(worldProblem({ mio: true })).toBeNull();
  expect(worldProblem({ mio: false, arch: 'x86' })).toBeNull();
  expect(worldProblem({ mio: true, arch: 'x86' })).toMatch(/mio is true and world.arch x86/);
  expect(worldProblem({ mio: true, zpci: false })).toMatch(/mio is true and world.zpci false/);
});

test('an ISM function is found on s390 only', () => {
  expect(worldProblem({ function: 'ism' })).toBeNull();
  expect(worldProblem({ function: 'ism', arch: 's390', mio: true })).toBeNull();
  expect(worldProblem({ function: 'pci', arch: 'x86' })).toBeNull();
  expect(worldProblem({ function: 'ism', arch: 'powerpc' })).toMatch(/ism and world.arch powerpc/);
});

describe('the children of a scenario', () => {
  const child0 = { actor: 'child0', op: 'close' };
  const child1 = { ...child0, actor: 'child1' };
  const fork = { actor: 'user0', op: 'fork' };

  test.each([
    [[fork, child0], null],
    [[fork, child0, { ...fork, actor: 'child0' }, child1], null],
    [[child0], /child0 acts, but nothing forks it/],
    [[fork, child1], /only 1 fork/],
    [[fork, { ...child0, actor: 'child2' }], /child0 to child1/],
    [[fork, { ...child0, actor: 'child' }], /child0 to child1/],
    [[fork, { ...child0, actor: 'child00' }], /child00 acts; .* child0 to child1/],
  ])('%j', (ops, problem) => {
    const found = operationsProblem(ops);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });
});
