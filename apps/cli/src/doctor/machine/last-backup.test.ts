import { expect, it } from 'vitest';

import { judgeLastBackup } from './last-backup.ts';

const now = new Date('2026-11-25T12:00:00Z');

it.each([
  ['2026-11-25T01:00:00Z', { status: 'ok', note: 'less than a day ago: /b' }],
  ['2026-11-24T11:00:00Z', { status: 'ok', note: 'a day ago: /b' }],
  ['2026-11-18T13:00:00Z', { status: 'ok', note: '6 days ago: /b' }],
  ['2026-11-18T11:00:00Z', { status: 'warn', problem: 'the last one was made 7 days ago (/b)' }],
  ['2027-01-01T00:00:00Z', { status: 'ok', note: 'less than a day ago: /b' }],
])('warns when the last backup is a week old (%s)', (at, outcome) => {
  expect(judgeLastBackup({ file: '/b', at: new Date(at) }, now)).toMatchObject(outcome);
});

it('gives no warning where none was ever made', () => {
  expect(judgeLastBackup(undefined, now)).toMatchObject({ status: 'ok' });
});
