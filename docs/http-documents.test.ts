import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { httpDocuments } from './http-documents.ts';

it.each(['http-api.md', 'openapi.json'] as const)(
  'docs/%s matches the endpoints in packages/protocol (npm run document -w @switchboard/protocol writes it)',
  async (name) => {
    expect(await readFile(join(import.meta.dirname, name), 'utf8')).toBe((await httpDocuments())[name]);
  },
);
