import { parseArgs } from 'node:util';

import { startServer } from './start.ts';

const { values } = parseArgs({ options: { hostname: { type: 'string' }, 'through-next': { type: 'boolean' } } });

await startServer({ hostname: values.hostname, throughNext: values['through-next'] === true });
