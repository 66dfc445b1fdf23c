import type { KeyObject } from 'node:crypto';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, defaultConfig } from '#config';
import { type Clock, createLogger } from '#kernel';
import type { Policy } from '#policy';
import { type AccessServer, createAccessServer } from '../create-access-server.ts';
import type { PlaneFactory } from '../door.ts';

/** What a test may set; the rest is a server of its own on a free port. */
export interface TestServerOptions {
  readonly clock?: Clock;
  readonly planes?: readonly PlaneFactory[];
  readonly config?: Partial<Config>;
  /** A folder that outlives the server, for restarts; with it the master key must be given too. */
  readonly dataDir?: string;
  readonly masterKey?: KeyObject;
}

/** An app with its secrets in the open, as only a test has them. */
export interface TestApp {
  readonly appId: number;
  readonly appSign: string;
  readonly secret: string;
}

/** A server under test: real stores, real sockets, everything it wrote to its log. */
export interface TestServer extends AsyncDisposable {
  readonly server: AccessServer;
  /** `ws://127.0.0.1:PORT`. */
  readonly wsUrl: string;
  readonly dataDir: string;
  readonly masterKey: KeyObject;
  /** The lines of the log, as JSON texts. */
  readonly log: readonly string[];
  /** An app with the vendor's defaults, and what `policy` sets (AD16). */
  importApp(policy?: Partial<Policy>, given?: Partial<TestApp>): Promise<TestApp>;
  /** Changes the policy of an app as its owner would. */
  setPolicy(appId: number, policy: Partial<Policy>): ReturnType<AccessServer['ownerDesk']['change']>;
}

const owner = { name: 'test' };
let nextAppId = 2_000_000_001;

/** Starts one, with a folder of its own that goes with it. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'roomkey-test-')));
  const masterKey = options.masterKey ?? createSecretKey(randomBytes(32));
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', stream: { write: (line) => void log.push(line) } });
  const server = await createAccessServer({
    config: { ...defaultConfig, dataDir, port: 0, drainGraceMs: 2_000, ...options.config },
    masterKey: { from: 'memory', key: masterKey },
    logger,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.planes === undefined ? {} : { planes: options.planes }),
  });
  const setPolicy: TestServer['setPolicy'] = async (appId, policy) => {
    const rules = server.rules.find(appId);
    if (rules === undefined) throw new TypeError('no such app');
    const edit = { kind: 'policy', policy: { ...rules.policy, ...policy } } as const;
    return await server.ownerDesk.change(appId, undefined, owner, edit);
  };
  return {
    server,
    wsUrl: `ws://127.0.0.1:${server.port}`,
    dataDir,
    masterKey,
    log,
    setPolicy,
    async importApp(policy = {}, given = {}) {
      const appId = given.appId ?? nextAppId++;
      const appSign = given.appSign ?? randomBytes(32).toString('hex');
      const secret = given.secret ?? randomBytes(16).toString('hex');
      await server.rules.importApp({ appId, name: `app ${appId}`, appSign, secrets: [secret] }, owner);
      if (Object.keys(policy).length > 0) await setPolicy(appId, policy);
      return { appId, appSign, secret };
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
