import { browserFaults, browserKilled } from './browsers.ts';
import { backendsTerminated, databaseFrozen, databaseKilled, databaseRestarted, poolExhausted, rowLocked } from './database.ts';
import { answerDropped, anythingAnywhere, cutMidway, latency, offlineLong, socketsCut, zombieSocket } from './lines.ts';
import { clocksOff, nobodyThere, oldFrontEnd, twoOperators } from './people.ts';
import { readerStops, rollingRestart, twentyWriters } from './load.ts';
import type { Scenario } from './scenario.ts';
import { everythingDown, newBuild, redisFrozen, redisKilled, relayKilled, webKilled } from './servers.ts';
import { consoleKilled, sharedOutbox, tabKilled, twoTabs } from './tabs.ts';

/** Everything that is played, in the order of the documentation. */
export const SCENARIOS: readonly Scenario[] = [
  answerDropped,
  socketsCut,
  latency,
  cutMidway,
  zombieSocket,
  offlineLong,
  relayKilled,
  webKilled,
  redisKilled,
  redisFrozen,
  everythingDown,
  anythingAnywhere,
  newBuild,
  databaseKilled,
  databaseRestarted,
  databaseFrozen,
  backendsTerminated,
  poolExhausted,
  rowLocked,
  tabKilled,
  consoleKilled,
  twoTabs,
  sharedOutbox,
  twoOperators,
  nobodyThere,
  oldFrontEnd,
  clocksOff,
  twentyWriters,
  readerStops,
  rollingRestart,
  browserKilled,
  browserFaults,
];

/** Those of every test run: each of the promises at least once, in a few seconds each. */
export const SHORT: readonly Scenario[] = [
  answerDropped,
  relayKilled,
  redisKilled,
  databaseKilled,
  tabKilled,
  twoTabs,
  twoOperators,
  oldFrontEnd,
  twentyWriters,
];
