/** worker.ts for a checkout whose sources run through tsx: a worker thread does not inherit the loader. */
import { register } from 'tsx/esm/api';

register();
const { default: work } = await import('./worker.ts');

export default work;
