import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { configurationDocument, GROUPS } from './document.ts';
import { frontendOrigins, readVariables, relayInternalUrl, socketUrl } from './index.ts';
import { VARIABLE_NAMES } from './variables.ts';

const documented = Object.values(GROUPS).flatMap((variables) => Object.entries(variables));

it('documents every variable once', () => {
  expect(documented.map(([name]) => name).toSorted()).toEqual([...VARIABLE_NAMES].toSorted());
});

it('is what docs/configuration.md says (npm run document -w @switchboard/config writes it)', async () => {
  expect(await readFile(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8')).toBe(configurationDocument());
});

it('documents the defaults that the code has', () => {
  const ports = { PORT: '4000', SOCKET_PORT: '4001' };
  const values = readVariables(ports);
  const used: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>> = {
    ...readVariables({}),
    FRONTEND_URL: frontendOrigins(values).join(','),
    NEXT_PUBLIC_SOCKET_URL: socketUrl(values),
    RELAY_INTERNAL_URL: relayInternalUrl(values),
  };
  for (const [name, { unset }] of documented) {
    // Where the document describes the default instead of naming a value, there is nothing to compare.
    if (used[name] === undefined) continue;
    const [value = unset] = /^`[^`]+`|^\S+$/.exec(unset) ?? [];
    const text = value.replaceAll('`', '').replace('$PORT', ports.PORT).replace('$SOCKET_PORT', ports.SOCKET_PORT);
    expect(text, name).toBe([used[name]].flat().join(','));
  }
});
