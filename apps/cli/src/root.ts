import { resolve } from 'node:path';

/** The repository's root. (`src` and the bundle in `dist` are at the same depth.) */
export const ROOT = resolve(import.meta.dirname, '../../..');
