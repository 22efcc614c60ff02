/** What `/readyz` answers: 200 when `ok`, 503 otherwise. */
export interface Readiness {
  readonly ok: boolean;
  /** Check → `ok`, or a short description of the problem. */
  readonly checks: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 3_000;

async function outcome(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs all checks at the same time, each for at most 3 s. A check passes when it resolves and fails when it rejects. */
export async function readiness(checks: Readonly<Record<string, () => Promise<void>>>): Promise<Readiness> {
  const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const));
  return { ok: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
}
