/** watch-runner.ts from the sources, whatever is built: they are what is edited. */
import { register } from 'tsx/esm/api';

// Ctrl-C is for whoever started this; what happens here ends with it.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
try {
  register();
  await import('./watch-runner.ts');
} catch (error) {
  process.send({ kind: 'failed', error: { name: error.name, message: error.message, stack: error.stack } });
}
