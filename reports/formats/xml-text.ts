import { plain } from '../plain.ts';

/** Text that XML 1.0 may hold (production 2, Char): two code points that no escape helps go as what they are not. */
export const xmlText = (text: string): string => plain(text).replace(/[\ufffe\uffff]/g, '\ufffd');
