import { ChatError, type ErrorCode } from '@switchboard/protocol/errors';
import { expect, it } from 'vitest';

import { loadTexts } from './texts.ts';

/** An error as the server answers it. */
const refused = (code: ErrorCode, reason: string, params = {}) => new ChatError(code, 'A sentence in English.', { reason, params });

it.each([
  ['en', 'Too many requests. Try again in 3 s.', 'That picture has 10.5 MB; 10 MB is the limit.', 'This can’t be sent as it is.'],
  [
    'de',
    'Zu viele Anfragen. Versuchen Sie es in 3 s erneut.',
    'Dieses Bild hat 10,5 MB; höchstens 10 MB sind erlaubt.',
    'Das kann so nicht gesendet werden.',
  ],
])('words errors by their reason, and those without a text by their code: %s', async (locale, tooMany, tooLarge, invalid) => {
  const texts = await loadTexts(locale);
  expect(texts.error(refused('rate_limited', 'too_many_requests', { seconds: 3 }))).toBe(tooMany);
  expect(texts.error(refused('too_large', 'picture_too_large', { size: 11_000_000, limit: 10_485_760 }))).toBe(tooLarge);
  for (const error of [refused('invalid_request', 'not_json'), refused('invalid_request', 'of_a_newer_server')])
    expect(texts.error(error)).toBe(invalid);
});

it('words a picture that the server refuses like one that the frame refuses', async () => {
  const texts = await loadTexts('en');
  expect(texts.error(refused('unsupported_type', 'not_a_picture'))).toBe(texts.problem({ key: 'not_a_picture' }));
  expect(texts.error(refused('invalid_request', 'picture_unreadable'))).toBe('That picture can’t be read. It may be damaged.');
  expect(texts.error(refused('not_found', 'picture_gone'))).toBe('The picture is not there any more.');
});
