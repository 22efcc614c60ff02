import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Context, MessageSaver } from '@switchboard/chat';
import { APPLICATION_NAMES } from '@switchboard/config';
import { openDatabase, type Database } from '@switchboard/database';
import { createJobRunner, type JobRunner } from '@switchboard/jobs';
import { createLogger, createMetrics, type Logger, type Metrics } from '@switchboard/telemetry';
import { createTokens, type Tokens } from '@switchboard/tokens';

import type { Config } from '../../config.ts';
import { createHandlers } from '../../jobs/handlers.ts';
import { JOBS } from '../../jobs/jobs.ts';
import { createAuth, type Auth } from '../parts/auth/auth.ts';
import { createFirstAdministrator, type FirstAdministrator } from '../parts/auth/first-administrator.ts';
import { countBytesUnderWay, type BytesUnderWay } from '../parts/http/bytes-under-way.ts';
import { createImageCleaner, type ImageCleaner } from '../parts/images/clean-image.ts';
import { createDatabaseMetrics } from '../parts/metrics/database-metrics.ts';
import { measureDisk, measureUploads } from '../parts/storage/disk-metrics.ts';
import { createDiskFloor, type DiskFloor } from '../parts/storage/disk-floor.ts';
import { createHttpMetrics, type HttpMetrics } from '../parts/metrics/http-metrics.ts';
import { measureJobs } from '../parts/metrics/job-metrics.ts';
import { createImageLinks, type ImageLinks } from '../parts/images/image-links.ts';
import { createDiskStore, type ImageStore } from '../parts/storage/image-store.ts';
import { deriveKey } from '../parts/auth/keys.ts';
import { createLimits, type Limits } from '../parts/limits/limits.ts';
import { createAfterCommit, type AfterCommit } from '../parts/relay/after-commit.ts';
import { createRelayHints, type RelayHints } from '../parts/relay/relay-hints.ts';
import { createRelayRequests, type RelayRequests } from '../parts/relay/relay-requests.ts';
import { createRevocationSender, type RevocationSender } from '../parts/relay/revocation-sender.ts';
import { createSignInThrottle, type SignInThrottle } from '../parts/auth/sign-in-throttle.ts';
import { createSlots, type Slots } from '../parts/limits/slots.ts';
import type { Stopping } from '../parts/connections/stopping.ts';
import { createMeasuredSaver } from '../parts/saving/save-metrics.ts';
import { createSaveState, type SaveState } from '../parts/saving/save-state.ts';
import { createCurrentSettings, type CurrentSettings } from '../parts/settings/current-settings.ts';
import { createUploadSweep } from '../parts/storage/upload-sweep.ts';
import { createTimingMetrics, type TimingMetrics } from '../parts/metrics/timing-metrics.ts';
import { measurePresence } from '../parts/metrics/presence-metrics.ts';
import { measureWaiting } from '../parts/metrics/waiting-metrics.ts';

/** Everything that a request may need, created once per process. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly http: HttpMetrics;
  readonly timings: TimingMetrics;
  readonly db: Database;
  readonly auth: Auth;
  readonly tokens: Tokens;
  /** The context of packages/chat. */
  readonly chat: Context;
  /** What administrators change while the system runs. */
  readonly settings: CurrentSettings;
  readonly saver: MessageSaver;
  readonly saveState: SaveState;
  readonly imageCleaner: ImageCleaner;
  readonly images: ImageStore;
  readonly imageLinks: ImageLinks;
  readonly relay: Pick<RelayRequests, 'trouble'>;
  readonly hints: RelayHints;
  /** Carries out the effects of a verb's answer. */
  readonly afterCommit: AfterCommit;
  readonly revocations: RevocationSender;
  readonly jobs: JobRunner;
  readonly limits: Limits;
  readonly signInThrottle: SignInThrottle;
  /** For checking passwords, which is expensive on purpose. */
  readonly passwordChecks: Slots;
  readonly diskFloor: DiskFloor;
  readonly bytesUnderWay: BytesUnderWay;
  readonly firstAdministrator: FirstAdministrator;
  /** Whether this process is shutting down. */
  readonly isStopping: () => boolean;
}

/** Four are checked at a time, in about 50 ms each, so the last one waits for about a second. */
const MAX_PASSWORD_CHECKS = 64;
/** Most bytes of request bodies in memory: for one address or operator (three pictures of the largest size), and for all. */
const BYTES_OF_CALLER = 32 * 1024 * 1024;
const BYTES_IN_ALL = 256 * 1024 * 1024;

/** Creates the services. The first query opens the database. */
export function createServices(config: Config, stopping: Pick<Stopping, 'hasBegun'> = { hasBegun: () => false }): Services {
  const log = createLogger('web', config.logLevel);
  const metrics = createMetrics('web');
  const databaseMetrics = createDatabaseMetrics(metrics);
  const db = openDatabase({
    url: config.databaseUrl,
    applicationName: APPLICATION_NAMES.web,
    poolSize: config.databasePoolSize,
    onError: (error) => log.warn({ err: error.message }, 'a database connection broke'),
    onTime: databaseMetrics.onTime,
  });
  databaseMetrics.watch(db);
  const tokens = createTokens(config.jwtSecrets);
  const [imageKey, ...olderKeys] = config.jwtSecrets.map((secret) => deriveKey(secret, 'image links'));
  const imageLinks = createImageLinks([imageKey as Buffer, ...olderKeys]);
  const chat: Context = { db, clock: () => new Date(), ids: randomUUID, log, signUpload: (path) => imageLinks.sign(path) };
  measureWaiting(metrics, chat);
  measureDisk(metrics, config.dataDir);
  const images = measureUploads(metrics, createDiskStore(config.dataDir));
  const relay = createRelayRequests({ relayUrl: config.relayInternalUrl, tokens });
  const hints = createRelayHints({ relay, log, metrics });
  const revocations = createRevocationSender({ chat, relay, log, metrics });
  const settings = createCurrentSettings({ chat, widgetOrigins: config.widgetOrigins });
  const afterCommit = createAfterCommit({ hints, revocations, settings });
  const limits = createLimits(config, log);
  metrics.gauge(
    'limits_redis_up',
    'Whether Redis is there, so that limits are counted for all web servers together; shown where one is set',
    {
      read: () => (config.redisUrl === undefined ? undefined : Number(limits.state() === 'shared')),
    },
  );
  // One request of the largest size must always fit.
  const bytesUnderWay = countBytesUnderWay({
    perCaller: Math.max(BYTES_OF_CALLER, 3 * config.maxImageBytes),
    inAll: Math.max(BYTES_IN_ALL, 24 * config.maxImageBytes),
  });
  metrics.gauge('http_body_bytes', 'Bytes of request bodies that are being read or worked at', { read: () => bytesUnderWay.total() });
  return {
    config,
    log,
    metrics,
    http: createHttpMetrics(metrics),
    timings: createTimingMetrics(metrics),
    db,
    auth: createAuth(config, db, log),
    tokens,
    chat,
    settings,
    saver: createMeasuredSaver(chat, metrics),
    saveState: createSaveState(db),
    imageCleaner: createImageCleaner(),
    images,
    jobs: createJobs(config, chat, images, afterCommit, metrics),
    imageLinks,
    relay,
    hints,
    revocations,
    afterCommit,
    isStopping: () => stopping.hasBegun(),
    limits,
    passwordChecks: createSlots(MAX_PASSWORD_CHECKS),
    signInThrottle: createSignInThrottle({ now: () => performance.now(), wait: delay }),
    diskFloor: createDiskFloor({
      dataDir: config.dataDir,
      databaseUrl: config.databaseUrl,
      minFreeBytes: config.quota.minFreeDiskBytes,
      log,
    }),
    bytesUnderWay,
    firstAdministrator: createFirstAdministrator({ chat, dataDir: config.dataDir, origin: config.frontendOrigins[0] }),
  };
}

function createJobs({ dataDir }: Config, chat: Context, images: ImageStore, afterCommit: AfterCommit, metrics: Metrics): JobRunner {
  const lostOperators = measurePresence(metrics, chat);
  const uploadSweep = createUploadSweep({ chat, images, dataDir, metrics });
  const onRun = measureJobs(metrics, chat, Object.keys(JOBS));
  const handlers = createHandlers({ chat, afterCommit, uploadSweep, lostOperators });
  return createJobRunner({ db: chat.db, log: chat.log, jobs: JOBS, handlers, onRun });
}

/** Finishes queued work and closes the database. */
export async function closeServices(services: Services): Promise<void> {
  await services.jobs.stop(0);
  await services.saver.close();
  services.settings.close();
  services.firstAdministrator.close();
  services.revocations.close();
  await Promise.all([services.hints.settled(), services.revocations.settled()]);
  services.limits.close();
  await services.db.close();
}
