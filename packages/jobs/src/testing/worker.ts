// Runs the tests' jobs in a separate process that a test can kill: `worker.ts <url> <lease in ms>`. Ends on SIGTERM.
import { openDatabase } from '@switchboard/database';

import { createJobRunner } from '../job-runner.ts';
import { TEST_JOBS, testHandlers } from './test-jobs.ts';

const [url = '', leaseMs = ''] = process.argv.slice(2);
const db = openDatabase({ url, applicationName: 'switchboard-test', poolSize: 10 });
const log = {
  warn: (fields: object, message: string) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  error: (fields: object, message: string) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};
const runner = createJobRunner({ db, log, jobs: TEST_JOBS, handlers: testHandlers(db), concurrency: 8, leaseMs: Number(leaseMs) });
runner.start();
const alive = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void runner.stop(1_000).then(async () => await db.close());
});
process.stdout.write('started\n');
