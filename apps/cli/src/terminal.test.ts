import { expect, it } from 'vitest';

import { worthShowing } from './terminal.ts';

const line = (entry: object) => JSON.stringify({ time: '2026-11-23T09:00:00.000Z', service: 'web', ...entry });

it.each([
  [line({ level: 'warn', msg: 'slow reader', sockets: 2 }), 'stdout', 'web: warn: slow reader sockets=2'],
  [
    line({ level: 'error', msg: 'stopping failed', err: { type: 'Error', message: 'gone' } }),
    'stdout',
    'web: error: stopping failed (gone)',
  ],
  [line({ level: 'warn', msg: 'a connection broke', err: 'reset' }), 'stdout', 'web: warn: a connection broke (reset)'],
  [line({ level: 'info', msg: 'listening' }), 'stdout', undefined],
  ['▲ Next.js', 'stdout', undefined],
  ['{ not JSON', 'stdout', undefined],
  ['Warning: something', 'stderr', 'web: Warning: something'],
  ['', 'stderr', undefined],
] as const)('of %j on %s it shows %j', (text, stream, shown) => {
  expect(worthShowing('web', text, stream)).toBe(shown);
});
