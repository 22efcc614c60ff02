import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder for logs, locks and test reports. Not under node_modules, which an install empties. */
export const CACHE = join(ROOT, '.cache');
