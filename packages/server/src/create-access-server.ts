import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OwnerDesk } from '#access';
import {
  type Api,
  type ApiKeys,
  createApi,
  createApiKeys,
  createIdempotencyStore,
  createOwnerRecords,
  createServerMetrics,
  type ServerMetrics,
} from '#api';
import { createDiagnoses, type Diagnoses } from '#audit';
import { addressKeyOf, type Config, clientAddress, parseTrustedProxies, publicHostsOf } from '#config';
import { type Clock, createLogger, createSystemClock, Disposer, type Logger, type UnixMillis } from '#kernel';
import { createLoginBook, type LoginBook } from '#migration';
import type { OwnedRules } from '#policy';
import type { LiveSession } from '#sessions';
import { createSignal, type Signal } from '#signal';
import type { Ledger } from '#storage';
import { createDoor, createServerTime, type Door, type PlaneFactory } from './door.ts';
import { type Base, type Opened, openStores, type StoreOptions } from './open-stores.ts';

/** How to start an access server. */
export interface AccessServerOptions extends StoreOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly planes?: readonly PlaneFactory[];
}

/** A server that serves logins. */
export interface AccessServer {
  /** How this machine reaches it: `http://127.0.0.1:7080`. */
  readonly url: string;
  readonly port: number;
  readonly rules: OwnedRules;
  readonly ownerDesk: OwnerDesk;
  readonly keys: ApiKeys;
  readonly ledger: Ledger;
  readonly diagnoses: Diagnoses;
  readonly signal: Signal;
  readonly door: Door;
  /** The sessions of this node, for tests and figures. */
  sessions(): Iterable<LiveSession>;
  /** Admits nobody any more, tells clients to resume elsewhere, waits the grace time, then stops (SE9). */
  drain(): Promise<void>;
  /** Stops at once; what was acknowledged is on disk. */
  stop(): Promise<void>;
}

/**
 * Opens the stores, listens, and resolves once logins are served.
 *
 * @throws {StartRefused} in production, where a setting is not fit for it.
 * @throws {MasterKeyUnusable} when the master key is missing, open to others, malformed or another's.
 * @throws {RoomkeyError} when a store cannot be opened: `schemaNewer`, `readOnly`, `storageFull`, `internal`.
 */
export async function createAccessServer(options: AccessServerOptions): Promise<AccessServer> {
  const { config } = options;
  const clock = options.clock ?? createSystemClock();
  const logger = options.logger ?? createLogger({ level: config.logLevel });
  const disposer = new Disposer();
  try {
    return await start(options, { clock, logger, disposer });
  } catch (failure) {
    await disposer.dispose();
    throw failure;
  }
}

async function start(options: AccessServerOptions, base: Base): Promise<AccessServer> {
  const { config } = options;
  const { clock, logger, disposer } = base;
  const opened = await openStores(options, base);
  const { ledger, rules, audit, database } = opened;
  const now = createServerTime(clock, logger);
  const publicHosts = new Set<string>();
  const metrics = createServerMetrics();
  const book = createLoginBook({
    ledger,
    clock,
    now,
    logger,
    onRecorded: ({ verb, outcome, code, method, tokenFormat }) =>
      metrics.countLogin({ verb, outcome, code, method: method ?? 'none', format: tokenFormat ?? 'none' }),
  });
  disposer.add(() => book.stop());
  const diagnoses = createDiagnoses({ ledger, clock, logger });
  disposer.add(() => diagnoses.stop());
  const acts = actBookOf(opened, now);
  const planes = options.planes ?? [];
  const door = createDoor({
    clock,
    logger,
    rules,
    book,
    refusals: diagnoses,
    acts,
    publicHosts,
    planes,
    now,
    disposer,
  });
  const addressOf = createAddressOf(config);
  const keys = createApiKeys({ database, audit, clock });
  const api = await startApi({ config, opened, door, keys, book, diagnoses, metrics, addressOf }, base);
  const signal = createSignal({
    server: api.server,
    access: door.access,
    clock,
    wallMs: now,
    logger,
    addressOf: (request) => ({ addressKey: addressOf(request) }),
    maxConnections: config.maxConnections,
    unadmittedPerAddress: config.limits.unadmittedPerAddress,
  });
  disposer.add(() => signal.stop());
  metrics.watch('connections', 'Open signal connections', () => signal.connections);
  metrics.watch(
    'connections_unadmitted',
    'Open signal connections without a session',
    () => signal.unadmitted,
  );
  await api.listen({ host: config.host, port: config.port });
  const { port } = api.server.address() as AddressInfo;
  for (const host of publicHostsOf(config, port)) publicHosts.add(host);
  return serverOf({ config, port, opened, keys, diagnoses, signal, door }, base);
}

interface ApiOwnParts {
  readonly config: Config;
  readonly opened: Opened;
  readonly door: Door;
  readonly keys: ApiKeys;
  readonly book: LoginBook;
  readonly diagnoses: Diagnoses;
  readonly metrics: ServerMetrics;
  readonly addressOf: (request: IncomingMessage) => string;
}

async function startApi(parts: ApiOwnParts, { clock, logger, disposer }: Base): Promise<Api> {
  const { config, opened, door, keys, book, diagnoses, metrics, addressOf } = parts;
  const { ledger, rules, audit, database } = opened;
  const api = createApi({
    ownerDesk: door.ownerDesk,
    rules,
    apps: rules,
    records: createOwnerRecords(database),
    ledger,
    why: diagnoses,
    counters: {
      snapshot: (appId) => ({
        ...book.counters(appId),
        secrets: rules.keyUse.uses(appId, clock.wallMs()),
        issuers: rules.issuerClocks.clocks(appId, clock.wallMs()),
      }),
    },
    audit,
    keys,
    idempotency: createIdempotencyStore(database, clock),
    metrics,
    readiness: () =>
      door.gatekeeper.admits ? { ready: true, missing: [] } : { ready: false, missing: ['draining'] },
    clock,
    logger,
    addressOf: (request) => addressOf(request),
    https: config.publicUrl?.startsWith('https:') === true,
  });
  disposer.add(() => api.close());
  await api.ready();
  return api;
}

interface Running {
  readonly config: Config;
  readonly port: number;
  readonly opened: Opened;
  readonly keys: ApiKeys;
  readonly diagnoses: Diagnoses;
  readonly signal: Signal;
  readonly door: Door;
}

function serverOf(running: Running, { clock, logger, disposer }: Base): AccessServer {
  const { config, port, opened, keys, diagnoses, signal, door } = running;
  const reached = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const url = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    door.gatekeeper.admits = false;
    stopping ??= disposer.dispose();
    return stopping;
  };
  logger.info({ port }, 'serving logins');
  return {
    url,
    port,
    rules: opened.rules,
    ownerDesk: door.ownerDesk,
    keys,
    ledger: opened.ledger,
    diagnoses,
    signal,
    door,
    sessions: () => door.sessions.all(),
    async drain() {
      door.gatekeeper.admits = false;
      logger.info({ connections: signal.connections }, 'draining');
      signal.drain(config.drainGraceMs / 2);
      await waitUntil(clock, config.drainGraceMs, () => signal.connections === 0);
      signal.closeAll('draining');
      await stop();
    },
    stop,
  };
}

function actBookOf({ database, audit }: Opened, now: () => UnixMillis) {
  return {
    async note(entry: {
      readonly actor: string;
      readonly action: string;
      readonly appId: number;
      readonly details: Readonly<Record<string, unknown>>;
    }): Promise<void> {
      await database.transaction(async (tx) => void (await audit.append(tx, { at: now(), ...entry })));
    },
  };
}

function createAddressOf(config: Config): (request: IncomingMessage) => string {
  const { proxies } = parseTrustedProxies(config.trustedProxies);
  return ({ headers, socket }) => {
    const forwardedFor = headers['x-forwarded-for'];
    return addressKeyOf(clientAddress({ forwardedFor, remoteAddress: socket.remoteAddress }, proxies));
  };
}

const askEveryMs = 100;

async function waitUntil(clock: Clock, withinMs: number, isTrue: () => boolean): Promise<void> {
  const until = clock.monoMs() + withinMs;
  while (!isTrue() && clock.monoMs() < until) {
    await new Promise<void>((done) => void clock.setTimer(askEveryMs, done));
  }
}
