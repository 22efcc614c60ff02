import type { HeardEvent, Trace } from './scenario.ts';

/**
 * Fields that the protocol has added. Where the reference has none of them, Switchboard's relay may still send them; the reference drops a picture's name and
 * type from what other operators receive.
 */
export const ADDED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  incomingMessage: ['messageKey'],
  operatorMessage: ['messageKey'],
  operatorBroadcast: ['name', 'mimeType', 'messageKey'],
};

/** A scenario in which the protocol differs from the reference: the reason, and what these peers receive instead. Other peers receive the same. */
export interface Deviation {
  readonly reason: string;
  readonly heard: Trace;
}

const anna = '@anna#1';
const timestamp = '<timestamp>';
const newAnna: HeardEvent = { event: 'newChat', payload: { clientId: anna, username: 'Anna' } };
const fromAnna = (message: string): HeardEvent => ({ event: 'incomingMessage', payload: { from: anna, type: 'text', message, timestamp } });
const broadcast = (message: string): HeardEvent => ({
  event: 'operatorBroadcast',
  payload: { clientId: anna, operatorId: 1, operatorName: 'Maya', type: 'text', message, timestamp },
});
const refused = (code: string, message: string, retryable: boolean): HeardEvent => ({
  event: 'error',
  payload: { code, message, retryable },
});

export const deviations: Readonly<Record<string, Deviation>> = {
  'one-operator-in-two-tabs': {
    reason:
      'The reference keeps one socket per operator, so a second tab takes everything from the first. The wire reaches every operator socket.',
    heard: {
      maya: [newAnna, fromAnna('Hi'), broadcast('From the second tab')],
      mayaToo: [newAnna, fromAnna('Hi'), broadcast('From the first tab')],
    },
  },
  'message-before-join': {
    reason: 'The reference relays what comes before join. The wire refuses it, and sends the sender an error.',
    heard: {
      maya: [newAnna, fromAnna('Patient')],
      anna: [refused('not_joined', 'Send "join" first.', true)],
    },
  },
  'visitor-plays-operator': {
    reason: 'The reference believes what a payload says about its sender. The wire believes tokens alone.',
    heard: {
      anna: [],
      mallory: [
        refused('forbidden', 'Only an operator may send "operatorMessage".', false),
        refused('unauthenticated', 'Authentication required', false),
      ],
    },
  },
  'wrong-shapes': {
    reason: 'The reference relays any payload. The wire refuses what is not of its shape, and sends the sender an error.',
    heard: {
      maya: [newAnna, fromAnna('Hi')],
      anna: [refused('invalid_request', 'Invalid message format: message: Invalid input: expected string, received object', false)],
    },
  },
};
