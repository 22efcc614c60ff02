import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { httpDocuments } from './http-documents.ts';

for (const [name, text] of Object.entries(await httpDocuments())) await writeFile(join(import.meta.dirname, name), text);
