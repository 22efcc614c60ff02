import { resolve } from 'node:path';

/** The repository's root. (Sources in `src` and their bundle in `dist` lie equally deep.) */
export const ROOT = resolve(import.meta.dirname, '../../..');
