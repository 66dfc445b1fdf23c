import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { AuditEntry, AuditWriter, Database, DbSchema } from '#storage';

/** What came of checking the trail. `brokenAt` is the number of the first entry that does not fit (ST2). */
export interface AuditCheck {
  readonly ok: boolean;
  readonly entries: number;
  readonly brokenAt?: number;
}

/** The newest entry and its MAC: whoever keeps it elsewhere can tell later whether the trail was cut (ST2). */
export interface AuditHead {
  readonly seq: number;
  readonly mac: string;
}

/** The audit trail: written in the transaction of what it tells of, chained by a key outside the database (ST2). */
export interface AuditTrail extends AuditWriter {
  /** Walks the chain from the first entry to the last. With a head kept elsewhere a cut tail is found too. */
  verify(kept?: AuditHead): Promise<AuditCheck>;
  /** Undefined while there is no entry. */
  head(): Promise<AuditHead | undefined>;
}

interface ChainedEntry {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly app_id: number | null;
  readonly details: string;
}

const pageRows = 1_000;
const firstMac = new Uint8Array(32);

/** The trail of one installation. */
export function createAuditTrail(parts: {
  readonly database: Pick<Database, 'db'>;
  readonly key: KeyObject;
}): AuditTrail {
  const { database, key } = parts;
  const head = async () => await newestOf(database.db);
  return {
    append: (tx, entry) => append(tx, key, entry),
    verify: (kept) => verify(parts, kept),
    async head() {
      const newest = await head();
      return newest === undefined
        ? undefined
        : { seq: newest.seq, mac: Buffer.from(newest.mac).toString('hex') };
    },
  };
}

async function append(tx: Transaction<DbSchema>, key: KeyObject, entry: AuditEntry): Promise<number> {
  const newest = await newestOf(tx);
  const row: ChainedEntry = {
    seq: (newest?.seq ?? 0) + 1,
    at: entry.at,
    actor: entry.actor,
    action: entry.action,
    app_id: entry.appId,
    details: JSON.stringify(entry.details),
  };
  const mac = macOf(key, newest === undefined ? firstMac : newest.mac, row);
  await tx
    .insertInto('audit_entries')
    .values({ ...row, mac })
    .execute();
  return row.seq;
}

async function newestOf(
  db: Database['db'],
): Promise<{ readonly seq: number; readonly mac: Uint8Array } | undefined> {
  return await db
    .selectFrom('audit_entries')
    .select(['seq', 'mac'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function verify(
  { database, key }: { readonly database: Pick<Database, 'db'>; readonly key: KeyObject },
  kept: AuditHead | undefined,
): Promise<AuditCheck> {
  let before: Uint8Array = firstMac;
  let entries = 0;
  for (;;) {
    const rows = await database.db
      .selectFrom('audit_entries')
      .selectAll()
      .where('seq', '>', entries)
      .orderBy('seq')
      .limit(pageRows)
      .execute();
    for (const { mac, ...row } of rows) {
      const fits =
        row.seq === entries + 1 && isSame(mac, macOf(key, before, row)) && fitsKept(row.seq, mac, kept);
      if (!fits) return { ok: false, entries, brokenAt: entries + 1 };
      before = mac;
      entries = row.seq;
    }
    if (rows.length < pageRows) break;
  }
  return kept !== undefined && kept.seq > entries
    ? { ok: false, entries, brokenAt: entries + 1 }
    : { ok: true, entries };
}

function fitsKept(seq: number, mac: Uint8Array, kept: AuditHead | undefined): boolean {
  return kept?.seq !== seq || isSame(mac, Buffer.from(kept.mac, 'hex'));
}

/** Each field with its length, so that no two entries write the same bytes. */
function macOf(key: KeyObject, before: Uint8Array, row: ChainedEntry): Uint8Array {
  const { seq, at, actor, action, app_id, details } = row;
  const hmac = createHmac('sha256', key).update('roomkey-audit-v1').update(before);
  for (const field of [String(seq), String(at), actor, action, String(app_id ?? ''), details]) {
    const bytes = Buffer.from(field, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest();
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
