import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transaction } from 'kysely';
import { createSealer } from '#apps';
import { type Clock, createLogger } from '#kernel';
import { type AuditEntry, type AuditWriter, type Database, type DbSchema, openDb } from '#storage';
import { type OwnedRules, openRulesStore } from '../rules-store.ts';

/** A wall clock that stands where it is put; nobody waits by it. */
export interface StandingClock extends Clock {
  now: number;
}

/** Keeps entries in the table without a chain, and fails when told to. */
export interface TestAudit extends AuditWriter {
  failNext: boolean;
  readonly entries: AuditEntry[];
}

/** Rules on a real database in a folder of their own. */
export interface TestRules extends AsyncDisposable {
  readonly clock: StandingClock;
  readonly audit: TestAudit;
  readonly database: Database;
  readonly rules: OwnedRules;
  /** Opens another store on the same database: a second node, or the same after a restart. */
  again(options?: { readonly masterKey?: KeyObject }): Promise<OwnedRules>;
}

/** When the tests' clock begins: the instant of the vectors. */
export const testStart = 1_795_488_930_000;

/** Starts rules for one test; `await using` ends them. */
export async function startTestRules(options: { readonly isProduction?: boolean } = {}): Promise<TestRules> {
  const dataDir = mkdtempSync(join(tmpdir(), 'roomkey-rules-'));
  const logger = createLogger({ level: 'silent' });
  const database = await openDb({ dataDir, logger });
  const clock = createStandingClock();
  const audit = createTestAudit();
  const ownKey = createSecretKey(randomBytes(32));
  const stores: OwnedRules[] = [];
  const again = async ({ masterKey = ownKey }: { readonly masterKey?: KeyObject } = {}) => {
    const sealer = createSealer(masterKey);
    const store = await openRulesStore({ database, sealer, clock, auditWriter: audit, logger, ...options });
    stores.push(store);
    return store;
  };
  return {
    clock,
    audit,
    database,
    rules: await again(),
    again,
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.stop();
      await database.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

function createStandingClock(): StandingClock {
  const clock: StandingClock = {
    now: testStart,
    wallMs: () => clock.now,
    monoMs: () => clock.now - testStart,
    setTimer: () => ({ cancel: () => undefined }),
  };
  return clock;
}

function createTestAudit(): TestAudit {
  const audit: TestAudit = {
    failNext: false,
    entries: [],
    async append(tx: Transaction<DbSchema>, entry: AuditEntry) {
      const last = await tx
        .selectFrom('audit_entries')
        .select((is) => is.fn.max('seq').as('seq'))
        .executeTakeFirst();
      const seq = Number(last?.seq ?? 0) + 1;
      const { at, actor, action, appId, details } = entry;
      await tx
        .insertInto('audit_entries')
        .values({
          seq,
          at,
          actor,
          action,
          app_id: appId,
          details: JSON.stringify(details),
          mac: new Uint8Array(32),
        })
        .execute();
      // After the row was written: what fails here must take the whole transaction with it.
      if (audit.failNext) {
        audit.failNext = false;
        throw new Error('the audit trail cannot be written');
      }
      audit.entries.push(entry);
      return seq;
    },
  };
  return audit;
}
