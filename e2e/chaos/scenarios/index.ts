import { browserFaults, browserKilled } from './browsers.ts';
import { blockedMidBurst } from './blocked.ts';
import { browserFrozen, twoBrowserTabs } from './browser-tabs.ts';
import {
  backendsTerminated,
  databaseClock,
  databaseFrozen,
  databaseKilled,
  databaseRestarted,
  poolExhausted,
  rowLocked,
} from './database.ts';
import { hostileKeys } from './keys.ts';
import { answerDropped, anythingAnywhere, cutMidway, latency, offlineLong, socketsCut, zombieSocket } from './lines.ts';
import { clocksOff, nobodyThere, oldFrontEnd, twoOperators } from './people.ts';
import { readerStops, rollingRestart, twentyWriters } from './load.ts';
import type { Scenario } from './scenario.ts';
import { everythingDown, newBuild, redisFrozen, redisKilled, relayKilled, webKilled } from './servers.ts';
import { personChange } from './shared-desk.ts';
import { restoreUnderTabs } from './restore.ts';
import { consoleKilled, sharedOutbox, tabKilled, twoTabs } from './tabs.ts';

/** All scenarios, in the order of the documentation. */
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
  databaseClock,
  restoreUnderTabs,
  backendsTerminated,
  poolExhausted,
  rowLocked,
  tabKilled,
  consoleKilled,
  twoTabs,
  sharedOutbox,
  twoOperators,
  hostileKeys,
  personChange,
  blockedMidBurst,
  nobodyThere,
  oldFrontEnd,
  clocksOff,
  twentyWriters,
  readerStops,
  rollingRestart,
  browserKilled,
  browserFrozen,
  twoBrowserTabs,
  browserFaults,
];

/** The scenarios of every test run: each promise at least once, a few seconds each. */
export const SHORT: readonly Scenario[] = [
  answerDropped,
  relayKilled,
  redisKilled,
  databaseKilled,
  tabKilled,
  twoTabs,
  twoOperators,
  hostileKeys,
  personChange,
  blockedMidBurst,
  oldFrontEnd,
  twentyWriters,
];
