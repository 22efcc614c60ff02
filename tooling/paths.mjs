import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What preparing writes beside its results: logs, who is at it, reports of test runs. Not under node_modules, which an install empties. */
export const CACHE = join(ROOT, '.cache');
