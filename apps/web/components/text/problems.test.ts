import { ProblemError } from '@switchboard/client';
import { ChatError, errorFor } from '@switchboard/protocol';
import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';

import { MESSAGES } from '../../locales/messages.ts';
import { errorText, failureText } from './problems.ts';

const english = createTranslator({ locale: 'en', messages: MESSAGES.en, namespace: 'problem' });
const german = createTranslator({ locale: 'de', messages: MESSAGES.de, namespace: 'problem' });

describe('the text of an error', () => {
  it.each<[string, unknown, string, string]>([
    [
      'names the seconds to wait',
      errorFor('too_many_requests', { seconds: 3 }),
      'Too many requests. Try again in 3 s.',
      'Zu viele Anfragen. Versuchen Sie es in 3 s erneut.',
    ],
    [
      'names size and limit of a picture in megabytes',
      errorFor('picture_too_large', { size: 11_000_000, limit: 10_485_760 }),
      'That picture has 10.5 MB; 10 MB is the limit.',
      'Dieses Bild hat 10.5 MB; höchstens 10 MB sind erlaubt.',
    ],
    [
      'is that of the same problem noticed by the client',
      errorFor('picture_gone'),
      english('picture_gone', { subject: '', size: 0, limit: 0 }),
      german('picture_gone', { subject: '', size: 0, limit: 0 }),
    ],
    [
      'names the limit of pixels',
      errorFor('picture_too_many_pixels', { limit: 51 }),
      'That picture has too many pixels; 51 million is the limit.',
      'Dieses Bild hat zu viele Pixel; höchstens 51 Millionen sind erlaubt.',
    ],
    [
      'is that of the code for a reason without a text',
      errorFor('not_json'),
      MESSAGES.en.problem.invalid_request,
      MESSAGES.de.problem.invalid_request,
    ],
    [
      'is that of the code for a reason of a newer server, never its sentence',
      new ChatError('conflict', 'A sentence in English.', { reason: 'of_a_newer_server', params: { limit: 1 } }),
      MESSAGES.en.problem.conflict,
      MESSAGES.de.problem.conflict,
    ],
    [
      'is that of the code for an error without a reason',
      new ChatError('not_found', 'A sentence in English.'),
      MESSAGES.en.problem.not_found,
      MESSAGES.de.problem.not_found,
    ],
    ['is general for anything else', new TypeError('x is undefined'), MESSAGES.en.problem.unknown, MESSAGES.de.problem.unknown],
  ])('%s', (_what, error, inEnglish, inGerman) => {
    expect([errorText(error, english), errorText(error, german)]).toEqual([inEnglish, inGerman]);
  });

  it('names the file that the client refused', () => {
    const error = new ProblemError({ key: 'not_a_picture', name: 'list.pdf' });
    expect(errorText(error, english)).toBe('list.pdf is not a picture that can be sent. Use PNG, JPEG, GIF or WebP.');
  });
});

it('shows why a stored message was not sent by its key, and a sentence of an older build as it is', () => {
  expect(failureText('picture_gone', german)).toBe('Das Bild ist nicht mehr da.');
  expect(failureText('This was a sentence.', german)).toBe('This was a sentence.');
});
