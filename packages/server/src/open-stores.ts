import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  checkMasterKey,
  createSealer,
  type LoadedMasterKey,
  loadMasterKey,
  type MasterKeySource,
  type Sealer,
} from '#apps';
import { type AuditTrail, createAuditTrail } from '#audit';
import { type Config, findStartProblems, type StartProblem } from '#config';
import type { Clock, Disposer, Logger, UnixMillis } from '#kernel';
import { type OwnedRules, openRulesStore } from '#policy';
import { type Database, type Ledger, openDb, openLedger } from '#storage';

/** What the stores are opened by. */
export interface StoreOptions {
  readonly config: Config;
  /** Default: the file that the configuration names, else one in the data folder. */
  readonly masterKey?: MasterKeySource;
  /** Whether this start is about to make the demo app, which production refuses (CF3). */
  readonly willHaveDemoApp?: boolean;
}

/** A start that production refuses: each problem with its fix (CF3). */
export class StartRefused extends Error {
  readonly problems: readonly StartProblem[];

  constructor(problems: readonly StartProblem[]) {
    super('the server must not start like this in production');
    this.name = 'StartRefused';
    this.problems = problems;
  }
}

/** Another server has the data folder: two would overwrite each other's rules. */
export class DataDirInUse extends Error {
  constructor() {
    super('another server is using this data folder: stop it, or start this one with another folder');
    this.name = 'DataDirInUse';
  }
}

/** The app that `up` makes (CF3). */
export const demoAppName = 'demo';

/** What everything of one server shares. */
export interface Base {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disposer: Disposer;
}

/** The stores of a server, open. */
export interface Opened {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly sealer: Sealer;
  readonly audit: AuditTrail;
  readonly rules: OwnedRules;
}

/**
 * Opens the owner's state, the rules and the ledger, in an order in which nothing is touched that must not be.
 *
 * @throws {StartRefused}, {DataDirInUse}, {MasterKeyUnusable}, {RoomkeyError}
 */
export async function openStores(options: StoreOptions, { clock, logger, disposer }: Base): Promise<Opened> {
  const { config } = options;
  const dataDir = resolve(config.dataDir);
  const isNew = !existsSync(join(dataDir, 'state.db'));
  disposer.add(holdDataDir(dataDir));
  const database = await openDb({ dataDir, logger });
  disposer.add(() => database.stop());
  const masterKey = loadMasterKey(options.masterKey ?? masterKeyFileOf(config, { dataDir, isNew }));
  refuseStart(options, masterKey);
  const sealer = createSealer(masterKey.key);
  await checkMasterKey(database.db, sealer);
  const audit = createAuditTrail({ database, key: sealer.subKey('audit trail') });
  const isProduction = config.production;
  const rules = await openRulesStore({ database, sealer, clock, auditWriter: audit, logger, isProduction });
  disposer.add(() => rules.stop());
  refuseStart(options, masterKey, rules);
  const ledger = await openLedger({ dataDir, clock, logger, diagnosesPerApp: config.diagnosesPerApp });
  disposer.add(() => ledger.stop());
  await recallKeyUse(rules, ledger, clock.wallMs());
  return { database, ledger, sealer, audit, rules };
}

const recalledMs = 60 * 60_000;
const recalledLogins = 1_000;

/** After a restart too, retiring a secret that opened a token in the last hour needs a reason (AD12). */
async function recallKeyUse(rules: OwnedRules, ledger: Ledger, now: UnixMillis): Promise<void> {
  for (const { appId } of rules.list()) {
    const logins = await ledger.logins({ appId, since: now - recalledMs, limit: recalledLogins });
    for (const { keyId, at } of logins) if (keyId !== null) rules.keyUse.noteOpened(appId, keyId, at);
  }
}

/** Locks the folder for this process; the system lets go of the lock however the process ends. */
function holdDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(dataDir, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    throw Object.assign(new DataDirInUse(), { cause });
  }
  return () => lock.close();
}

function masterKeyFileOf(
  config: Config,
  at: { readonly dataDir: string; readonly isNew: boolean },
): MasterKeySource {
  const { masterKeyFile } = config;
  if (masterKeyFile !== null) return { from: 'file', path: resolve(masterKeyFile), mayGenerate: false };
  return { from: 'file', path: join(at.dataDir, 'master-key'), mayGenerate: at.isNew };
}

function refuseStart(options: StoreOptions, { from }: LoadedMasterKey, rules?: OwnedRules): void {
  const { config } = options;
  const file = config.masterKeyFile === null ? 'generated' : 'namedFile';
  const hasDemoApp =
    options.willHaveDemoApp === true || (rules?.list() ?? []).some(({ app }) => app.name === demoAppName);
  const problems = findStartProblems(config, { masterKey: from === 'file' ? file : from, hasDemoApp });
  if (problems.length > 0) throw new StartRefused(problems);
}
