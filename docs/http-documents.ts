import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { endpointsMarkdown, errorsMarkdown, openApiDocument, reasonsMarkdown, settingsMarkdown } from '@switchboard/protocol/documents';

/**
 * The documents of what packages/protocol has tables of, as they must be, by their names in this folder. In those of Markdown only what stands between markers is
 * generated.
 */
export async function httpDocuments(): Promise<Readonly<Record<'http-api.md' | 'settings.md' | 'openapi.json', string>>> {
  return {
    'http-api.md': await withParts('http-api.md', { endpoints: endpointsMarkdown(), errors: errorsMarkdown(), reasons: reasonsMarkdown() }),
    'settings.md': await withParts('settings.md', { settings: settingsMarkdown() }),
    'openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  };
}

async function withParts(name: string, parts: Readonly<Record<string, string>>): Promise<string> {
  let text = await readFile(join(import.meta.dirname, name), 'utf8');
  for (const [part, content] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${part}: generated -->`, `<!-- ${part}: end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`${name} must have the line ${begin} and after it ${end}.`);
    text = `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
  }
  return text;
}
