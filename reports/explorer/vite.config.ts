import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/** One file that opens from a disk: everything inlined, nothing fetched. */
export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  plugins: [viteSingleFile()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir: '../../dist/explorer', emptyOutDir: true, target: 'es2022' },
});
