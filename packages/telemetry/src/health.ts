/** What `/readyz` answers: 200 when `ok`, 503 otherwise. */
export interface Readiness {
  readonly ok: boolean;
  /** Check → `ok`, or in a few words what is wrong. */
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

/** Runs every check at once, each for 3 s at most. A check passes by resolving and fails by rejecting. */
export async function readiness(checks: Readonly<Record<string, () => Promise<void>>>): Promise<Readiness> {
  const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const));
  return { ok: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
}
