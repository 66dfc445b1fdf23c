import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, isUniqueViolation } from '#storage';

/** An empty store of its own for one test. */
export interface DatabaseWorld {
  /** Opens the store as a process does at its start; may be called again while it is open. */
  open(): Promise<Database>;
  /** Takes the store away; everything opened was stopped before. */
  remove(): Promise<void>;
}

type Tx = Pick<Database['db'], 'insertInto'>;

/** Adds one row; the table is the smallest of the owner's state. */
async function put(db: Tx, name: string, value = '1'): Promise<void> {
  await db.insertInto('settings').values({ name, value }).execute();
}

async function namesIn(database: Database): Promise<string[]> {
  const rows = await database.db.selectFrom('settings').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

/** What a promise was rejected with; fails the test if it was not. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('nothing failed'),
    (failure: unknown) => failure,
  );
}

/** A promise that is settled by hand. */
function createGate() {
  return Promise.withResolvers<void>();
}

interface Bench {
  /** Opens one more `Database` on the store of this test; stopped by itself. */
  open(): Promise<Database>;
}

/** The promises of `Database`, for every engine behind it (ST1, ST3, ST4). */
export function describeDatabase(title: string, createWorld: () => Promise<DatabaseWorld>): void {
  describe(title, () => {
    let world: DatabaseWorld;
    let opened: Database[] = [];
    beforeEach(async () => {
      world = await createWorld();
      opened = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((database) => database.stop()));
      await world.remove();
    });
    const bench: Bench = {
      async open() {
        const database = await world.open();
        opened.push(database);
        return database;
      },
    };
    describeTransactions(bench);
    describeEndedTransactions(bench);
    describeConstraints(bench);
    describeOpening(bench);
  });
}

function describeTransactions(bench: Bench): void {
  it('[ST4] a transaction is alone: a statement outside waits for its end', async () => {
    const database = await bench.open();
    const [inside, end] = [createGate(), createGate()];
    const order: string[] = [];
    const changing = database.transaction(async (tx) => {
      await put(tx, 'a');
      inside.resolve();
      await end.promise;
      await put(tx, 'b');
      order.push('last statement inside');
    });
    await inside.promise;
    const seen = namesIn(database).then((names) => {
      order.push('outside');
      return names;
    });
    const second = database.transaction(async (tx) => {
      order.push('second transaction');
      await put(tx, 'c');
    });
    end.resolve();
    await Promise.all([changing, second]);
    expect(await seen).toEqual(['a', 'b']);
    expect(order).toEqual(['last statement inside', 'outside', 'second transaction']);
  });

  it('[ST4] a transaction that rejects keeps nothing and hands on what it threw', async () => {
    const database = await bench.open();
    const thrown = new Error('thought better of it');
    const failed = database.transaction(async (tx) => {
      await put(tx, 'a');
      throw thrown;
    });
    expect(await failureOf(failed)).toBe(thrown);
    expect(await namesIn(database)).toEqual([]);
    // The control, and the next one is not hindered.
    expect(await database.transaction((tx) => put(tx, 'a').then(() => 'result'))).toBe('result');
    expect(await namesIn(database)).toEqual(['a']);
  });

  it('[ST3] what a transaction resolved for is there for another opening and after a stop', async () => {
    const database = await bench.open();
    await database.transaction((tx) => put(tx, 'a'));
    expect(await namesIn(await bench.open())).toEqual(['a']);
    await database.stop();
    expect(await namesIn(await bench.open())).toEqual(['a']);
  });

  it('[ST3] a stop finishes what was asked before', async () => {
    const database = await bench.open();
    await put(database.db, 'a');
    await Promise.all([put(database.db, 'b'), put(database.db, 'c'), database.stop()]);
    expect(await namesIn(await bench.open())).toEqual(['a', 'b', 'c']);
  });
}

function describeEndedTransactions(bench: Bench): void {
  it('[ST4] a statement that comes after its transaction was undone is refused, not kept alone', async () => {
    const database = await bench.open();
    const late = createGate();
    let straggler: Promise<unknown> = Promise.resolve();
    const failed = database.transaction(async (tx) => {
      await put(tx, 'a');
      straggler = failureOf(late.promise.then(() => put(tx, 'late')));
      throw new Error('undo');
    });
    await failureOf(failed);
    late.resolve();
    expect(await straggler).toBeInstanceOf(Error);
    expect(await namesIn(database)).toEqual([]);
  });

  it('[ST4] statements at once: none is kept when one of them is refused', async () => {
    const database = await bench.open();
    await put(database.db, 'taken');
    const failed = database.transaction((tx) =>
      Promise.all(['a', 'taken', 'b', 'c', 'd', 'e', 'f'].map((name) => put(tx, name))),
    );
    expect(isUniqueViolation(await failureOf(failed))).toBe(true);
    expect(await namesIn(database)).toEqual(['taken']);
  });
}

function describeConstraints(bench: Bench): void {
  it('[ST1] a taken key is told apart from a missing parent and from a forbidden value', async () => {
    const { db } = await bench.open();
    await put(db, 'a');
    const app = {
      app_id: 7,
      name: 'seven',
      origin: 'new',
      app_sign_state: 'suspended',
      app_sign_sealed: null,
      allowed_origins: '[]',
      created_at: 1,
    };
    const rule = { app_id: 7, rule_id: 'r', target: '{}', created_at: 1, expires_at: 2, created_by: 'owner' };
    const taken = await failureOf(put(db, 'a', 'again'));
    const orphan = await failureOf(db.insertInto('forbid_rules').values(rule).execute());
    const forbidden = await failureOf(
      db
        .insertInto('apps')
        .values({ ...app, origin: 'found' })
        .execute(),
    );
    expect([taken, orphan, forbidden].map(isUniqueViolation)).toEqual([true, false, false]);
    // The control: with a parent and an allowed value the same row is taken.
    await db.insertInto('apps').values(app).execute();
    await db.insertInto('forbid_rules').values(rule).execute();
    expect(await db.selectFrom('forbid_rules').select('rule_id').execute()).toEqual([{ rule_id: 'r' }]);
  });

  it('[ST1] a failure says nothing of what was to be stored', async () => {
    const { db } = await bench.open();
    await put(db, 'a', 'canary-value');
    const failure = await failureOf(put(db, 'a', 'canary-value'));
    expect(String(failure)).not.toContain('canary-value');
  });
}

function describeOpening(bench: Bench): void {
  it('[ST1] opened by several at once, an empty store gets its schema once and serves all', async () => {
    const databases = await Promise.all([bench.open(), bench.open(), bench.open()]);
    await Promise.all(databases.map((database, i) => database.transaction((tx) => put(tx, `from ${i}`))));
    for (const database of databases) {
      expect(await namesIn(database)).toEqual(['from 0', 'from 1', 'from 2']);
    }
  });
}
