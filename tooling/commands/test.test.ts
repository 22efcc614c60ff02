import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ROOT } from '../paths.mjs';
import { tally } from './test.mjs';

describe('the result of a test run', () => {
  const NAME = join(ROOT, 'packages/chat/src/saving.test.ts');
  const file = (...assertionResults: object[]) => ({ name: NAME, status: 'failed', message: 'cannot be loaded', assertionResults });
  const report = (passed: number, ...testResults: object[]) => JSON.stringify({ numPassedTests: passed, testResults });
  const passes = { fullName: 'saves once', status: 'passed', failureMessages: [] };
  const fails = { fullName: 'saves twice', status: 'failed', failureMessages: ['expected 1 to be 2\nat line 7'] };

  it('has Vitest’s counts, with the name and message of every failed test', () => {
    expect(tally('tests', report(5, file(passes, fails)), 1)).toEqual({
      passed: 5,
      failed: 1,
      failures: ['packages/chat/src/saving.test.ts: saves twice\n  expected 1 to be 2\n  at line 7'],
    });
    expect(tally('tests', report(5, file(passes)), 0)).toEqual({ passed: 5, failed: 0, failures: [] });
  });

  it('counts failures outside of tests', () => {
    expect(tally('tests', report(5, file()), 1)).toEqual({
      passed: 5,
      failed: 1,
      failures: ['packages/chat/src/saving.test.ts\n  cannot be loaded'],
    });
    expect(tally('tests', report(5), 1)).toMatchObject({ passed: 5, failed: 1 });
    expect(tally('tests', undefined, 1)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('reports a test that exceeded its time limit as timed out', () => {
    const late = { ...fails, failureMessages: ['Error: STACK_TRACE_ERROR\n    at task'] };
    expect(tally('tests', report(0, file(late)), 1).failures[0]).toContain('Error: timed out');
  });

  it('contains only the beginning of a long message', () => {
    const long = { ...fails, failureMessages: [Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n')] };
    expect(tally('tests', report(0, file(long)), 1).failures[0]?.split('\n')).toHaveLength(13);
  });
});
