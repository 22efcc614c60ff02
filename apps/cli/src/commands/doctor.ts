import { parseArgs } from 'node:util';

import { UserError } from '../standalone/user-error.mjs';
import { type Environment, readEnvironment } from '../config.ts';
import { measureBusy } from '../doctor/busy.ts';
import { type Result, runChecks } from '../doctor/check.ts';
import { openForChecks } from '../doctor/database/open.ts';
import { gatherFacts, type Facts } from '../doctor/facts.ts';
import { once } from '../doctor/once.ts';
import { planAll, planWithoutSettings } from '../doctor/plan.ts';
import { isHealthy, renderJson, renderText, summary } from '../doctor/report.ts';
import { ROOT } from '../root.ts';

/**
 * `doctor [--json]`: checks everything that the system needs to work, and gives advice for each problem. Use it while the system runs.
 *
 * @throws UserError with a summary when a check failed
 */
export async function doctorCommand(args: readonly string[]): Promise<void> {
  const json = parseJsonFlag(args);
  const results = await examine(readEnvironment(ROOT), ROOT);
  console.log(json ? renderJson(results) : `${renderText(results)}\n`);
  if (!isHealthy(results)) throw new UserError(summary(results));
  if (!json) console.log(summary(results));
}

async function examine(environment: Environment, root: string): Promise<Result[]> {
  let facts: Facts;
  try {
    facts = await gatherFacts(environment, root);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return await runChecks(planWithoutSettings(error.message));
  }
  const busy = measureBusy();
  const open = once(async () => await openForChecks(facts));
  try {
    return await runChecks(planAll(facts, { fetch, open, busy }), busy);
  } finally {
    await (await open()).close();
  }
}

function parseJsonFlag(args: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    throw new UserError(`doctor: ${error instanceof Error ? error.message : String(error)}`);
  }
}
