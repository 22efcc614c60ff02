import type { Result } from './check.ts';

/** Whether nothing failed. */
export function isHealthy(results: readonly Result[]): boolean {
  return results.every(({ status }) => status !== 'fail');
}

/** The report as text: a line for each result, under the name of its group. */
export function renderText(results: readonly Result[]): string {
  const groups = new Set(results.map(({ group }) => group));
  return [...groups]
    .map((group) => [group, ...results.filter((result) => result.group === group).map((result) => `  ${renderLine(result)}`)].join('\n'))
    .join('\n\n');
}

function renderLine(result: Result): string {
  const begin = `${result.status.toUpperCase().padEnd(5)} ${result.what}`;
  if (result.status === 'ok') return result.note === undefined ? begin : `${begin} (${result.note})`;
  if (result.status === 'skip') return `${begin}: ${result.problem}.`;
  return `${begin}: ${result.problem}. ${result.advice}`;
}

/** The report as JSON: `{ ok, results }`. */
export function renderJson(results: readonly Result[]): string {
  return JSON.stringify({ ok: isHealthy(results), results }, undefined, 2);
}

/** A summary, such as "2 failed, 1 warning, 30 ok, 0 skipped". */
export function summary(results: readonly Result[]): string {
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length;
  const warnings = count('warn');
  return `${count('fail')} failed, ${warnings} warning${warnings === 1 ? '' : 's'}, ${count('ok')} ok, ${count('skip')} skipped`;
}
