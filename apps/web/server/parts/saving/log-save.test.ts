import { ChatError, newMessage } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';
import { beforeEach, expect, it } from 'vitest';

import { loggingSave } from './log-save.ts';

const lines: { level: string; fields: object; message: string }[] = [];
const write = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
const log: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), child: () => log };
beforeEach(() => lines.splice(0));

const messages = Array.from({ length: 7 }, () =>
  newMessage.parse({ messageKey: crypto.randomUUID(), messageType: 'TEXT', text: 'canary' }),
);
const messageKeys = messages.slice(0, 5).map(({ messageKey }) => messageKey);

it('logs a save in one entry with up to five keys and no text', async () => {
  expect(await loggingSave(log, 'r1', messages, async () => await Promise.resolve('saved'))).toBe('saved');
  const fields = { requestId: 'r1', messageKeys, messages: 7, ms: expect.any(Number) };
  expect(lines).toEqual([{ level: 'debug', fields, message: 'messages saved' }]);
  expect(JSON.stringify(lines)).not.toContain('canary');
});

it('logs a failed save in one entry and rethrows the error', async () => {
  const away = new ChatError('unavailable', 'The database is away.');
  await expect(loggingSave(log, 'r2', messages, async () => await Promise.reject(away))).rejects.toBe(away);
  expect(lines).toMatchObject([{ level: 'info', fields: { requestId: 'r2', messageKeys, code: 'unavailable' } }]);
});
