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
  expect(worthShowing('web', text, stream)?.text).toBe(shown);
});

it('shows what stops the database', () => {
  expect(worthShowing('database', '2026-11-23 09:00:00 UTC [4] PANIC:  could not write to file', 'stdout')?.text).toContain('PANIC:');
  expect(worthShowing('database', '2026-11-23 09:00:00 UTC [4] LOG:  checkpoint complete', 'stdout')).toBeUndefined();
});

it('takes lines of one message for one kind, whoever and whenever they are about', () => {
  const kinds = [
    worthShowing('web', line({ level: 'warn', msg: 'request refused', code: 'rate_limited', ip: '10.0.0.1' }), 'stdout'),
    worthShowing('web', line({ level: 'warn', msg: 'request refused', code: 'rate_limited', ip: '10.0.0.2' }), 'stdout'),
    worthShowing('web', '2026-11-23T09:00:00.000Z ERROR [Better Auth]: User not found', 'stderr'),
    worthShowing('web', '2026-11-24T11:22:33.444Z ERROR [Better Auth]: User not found', 'stderr'),
  ].map((loud) => loud?.kind);
  expect(new Set(kinds).size).toBe(2);
});

it('lets nobody who is quoted in a line steer the terminal, or fill it', () => {
  const hostile = `\u001B[2J\u001B]0;owned\u0007\r\u009B31m${'A'.repeat(50_000)}`;
  for (const loud of [worthShowing('web', line({ level: 'warn', msg: hostile }), 'stdout'), worthShowing('web', hostile, 'stderr')]) {
    // oxlint-disable-next-line no-control-regex
    expect(loud?.text).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
    expect(loud?.text.length).toBeLessThan(1_010);
    expect(loud?.kind.length).toBeLessThan(130);
  }
});
