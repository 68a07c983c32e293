/** `text`: as `run` prints it. `ascii`: lanes in plain ASCII. `splat`: a deadlock in the kernel's words. */
export const SHOW_FORMATS = ['text', 'ascii', 'mail', 'mermaid', 'svg', 'splat'] as const;
export type ShowFormat = (typeof SHOW_FORMATS)[number];
