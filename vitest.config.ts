import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{harness,models,properties,reports}/**/*.test.ts'],
    // Tests that start the command line wait for whole processes, on machines with two shared cores.
    testTimeout: 60_000,
    // Vitest leaves one core to itself, which of two is half.
    maxWorkers: 2,
    hookTimeout: 60_000,
  },
});
