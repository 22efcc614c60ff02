import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { endpointsMarkdown, errorsMarkdown, openApiDocument, reasonsMarkdown, settingsMarkdown } from '@switchboard/protocol/documents';

/**
 * The expected documents that are generated from packages/protocol, by file name. In Markdown files only the text between markers is generated.
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
    if (from === -1 || to < from) throw new Error(`${name} must contain the line ${begin} and after it ${end}.`);
    text = `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
  }
  return text;
}
