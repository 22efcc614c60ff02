import type { Outcome } from './play.ts';

/** One finished run. */
export interface Finished {
  readonly scenario: string;
  readonly seed: number;
  readonly seconds: number;
  readonly outcome: Outcome;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The table of all scenarios, and a last line of the form `N passed, N failed`. */
export function summarize(finished: readonly Finished[]): string {
  const names = [...new Set(finished.map(({ scenario }) => scenario))];
  const rows = names.map((name) => {
    const runs = finished.filter(({ scenario }) => scenario === name);
    const figures = runs.map(({ outcome }) => outcome.figures);
    const failed = runs.filter(({ outcome }) => outcome.violations.length > 0).length;
    const sum = (of: (figure: Outcome['figures']) => number) => figures.reduce((total, figure) => total + of(figure), 0);
    const healed = figures.map(({ healedMs }) => healedMs);
    return [name, runs.length, failed, sum((f) => f.messages), sum((f) => f.unknown), median(healed), Math.max(...healed)];
  });
  const head = ['scenario', 'runs', 'failed', 'messages', 'unknown', 'healed ms (median)', '(most)'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const failed = finished.filter(({ outcome }) => outcome.violations.length > 0).length;
  return [...lines, '', `${finished.length - failed} passed, ${failed} failed`].join('\n');
}
