import { writeFixture } from './fixtures.ts';
import { play } from './play.ts';
import { scenarios } from './scenarios.ts';

/** Records every scenario against a running reference relay: `npm run record -w @switchboard/relay -- http://localhost:3901`. */
const [url] = process.argv.slice(2);
if (url === undefined) {
  process.stderr.write('Give the address of a running reference relay, such as http://localhost:3901.\n');
  process.exit(1);
}
for (const scenario of scenarios) {
  await writeFixture(scenario.name, await play(scenario, { url }));
  process.stdout.write(`${scenario.name}\n`);
}
