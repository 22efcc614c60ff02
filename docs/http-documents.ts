import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { endpointsMarkdown, errorsMarkdown, openApiDocument, reasonsMarkdown } from '@switchboard/protocol/documents';

/** The documents of the HTTP API as they must be, by their names in this folder. In `http-api.md` only what stands between its markers is generated. */
export async function httpDocuments(): Promise<Readonly<Record<'http-api.md' | 'openapi.json', string>>> {
  let text = await readFile(join(import.meta.dirname, 'http-api.md'), 'utf8');
  const parts = { endpoints: endpointsMarkdown(), errors: errorsMarkdown(), reasons: reasonsMarkdown() };
  for (const [part, content] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${part}: generated -->`, `<!-- ${part}: end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`http-api.md must have the line ${begin} and after it ${end}.`);
    text = `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
  }
  return { 'http-api.md': text, 'openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n` };
}
