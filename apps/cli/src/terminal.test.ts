import { expect, it } from 'vitest';

import { terminalLineOf } from './terminal.ts';

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
] as const)('shows %j on %s as %j', (text, stream, shown) => {
  expect(terminalLineOf('web', text, stream)?.text).toBe(shown);
});

it('shows database lines that mean a failure', () => {
  expect(terminalLineOf('database', '2026-11-23 09:00:00 UTC [4] PANIC:  could not write to file', 'stdout')?.text).toContain('PANIC:');
  expect(terminalLineOf('database', '2026-11-23 09:00:00 UTC [4] LOG:  checkpoint complete', 'stdout')).toBeUndefined();
});

it('treats lines with the same message as one kind, regardless of addresses and times', () => {
  const kinds = [
    terminalLineOf('web', line({ level: 'warn', msg: 'request refused', code: 'rate_limited', ip: '10.0.0.1' }), 'stdout'),
    terminalLineOf('web', line({ level: 'warn', msg: 'request refused', code: 'rate_limited', ip: '10.0.0.2' }), 'stdout'),
    terminalLineOf('web', '2026-11-23T09:00:00.000Z ERROR [Better Auth]: User not found', 'stderr'),
    terminalLineOf('web', '2026-11-24T11:22:33.444Z ERROR [Better Auth]: User not found', 'stderr'),
  ].map((shown) => shown?.kind);
  expect(new Set(kinds).size).toBe(2);
});

it('does not let quoted input control or flood the terminal', () => {
  const hostile = `\u001B[2J\u001B]0;owned\u0007\r\u009B31m${'A'.repeat(50_000)}`;
  for (const shown of [terminalLineOf('web', line({ level: 'warn', msg: hostile }), 'stdout'), terminalLineOf('web', hostile, 'stderr')]) {
    // oxlint-disable-next-line no-control-regex
    expect(shown?.text).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
    expect(shown?.text.length).toBeLessThan(1_010);
    expect(shown?.kind.length).toBeLessThan(130);
  }
});
