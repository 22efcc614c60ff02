import { describe, expect, it } from 'vitest';

import { tally } from './test.mjs';

describe('the figures of a test run', () => {
  const report = (passed: number, failed: number, files: object[] = []) =>
    JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files });

  it('are those of vitest', () => {
    expect(tally(report(5, 2, [{ status: 'failed', assertionResults: [{}] }]), 1)).toEqual({ passed: 5, failed: 2 });
    expect(tally(report(5, 0), 0)).toEqual({ passed: 5, failed: 0 });
  });

  it('count what fails and is no test', () => {
    expect(tally(report(5, 0, [{ status: 'failed', assertionResults: [] }]), 1)).toEqual({ passed: 5, failed: 1 });
    expect(tally(report(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
    expect(tally(undefined, 1)).toEqual({ passed: 0, failed: 1 });
  });
});
