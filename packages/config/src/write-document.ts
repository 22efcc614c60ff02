import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { configurationDocument } from './document.ts';

await writeFile(join(import.meta.dirname, '../../../docs/configuration.md'), configurationDocument());
