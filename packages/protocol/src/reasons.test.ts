import { expect, it } from 'vitest';

import { errorFor, ERRORS, invalidField, paramNames, REASONS, type ReasonName } from './index.ts';

const names = Object.keys(REASONS) as ReasonName[];

it('makes an error with the code, the sentence and the parameters of its reason', () => {
  const error = errorFor('too_many_requests', { seconds: 3 }, { retryAfterSeconds: 3 });
  expect(error.toWire()).toEqual({
    code: 'rate_limited',
    message: 'Too many requests. Try again in 3 s.',
    retryable: true,
    reason: 'too_many_requests',
    params: { seconds: 3 },
  });
  expect(error).toMatchObject({ status: 429, detail: { retryAfterSeconds: 3 } });
});

it('sends no parameters for a reason without any', () => {
  expect(errorFor('chat_ended').toWire()).toEqual({
    code: 'unauthenticated',
    message: 'This chat has ended.',
    retryable: false,
    reason: 'chat_ended',
  });
});

it('names an invalid field in the sentence, the parameters and the fields', () => {
  const problem = 'must name the conversation';
  expect(invalidField('clientId', problem).toWire()).toMatchObject({
    code: 'invalid_request',
    message: 'clientId: must name the conversation',
    fields: { clientId: problem },
    params: { field: 'clientId', problem },
  });
});

it('does not compile without the parameters of the reason', () => {
  const errors = [
    // @ts-expect-error: `seconds` is missing
    () => errorFor('too_many_requests'),
    // @ts-expect-error: the reason has another parameter
    () => errorFor('too_many_requests', { limit: 1 }),
    // @ts-expect-error: there is no such reason
    () => errorFor('nothing'),
  ];
  // `tsc` is what fails when one of these compiles.
  expect(errors).toHaveLength(3);
});

it('uses no name for a reason that is a code', () => {
  expect(names.filter((name) => Object.hasOwn(ERRORS, name))).toEqual([]);
});

it('every reason has a complete sentence', () => {
  const exceptions = new Set<ReasonName>(['invalid_field', 'widget_not_built']);
  const sentences = names.filter((name) => !exceptions.has(name)).map((name) => REASONS[name].message);
  // A name may be its first word.
  expect(sentences.filter((message) => !/^(?:[A-Z]|\{name\})[^{}]*(?:\{\w+\}[^{}]*)*\.$/.test(message))).toEqual([]);
  expect(paramNames('picture_too_large')).toEqual(['size', 'limit']);
});
