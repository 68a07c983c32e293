import { defineConfig } from 'vitest/config';

/** The explorer in a real Chromium: apart from the other tests, which need no browser. */
export default defineConfig({
  test: { include: ['reports/explorer/*.browser.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
