import type { Clock, Logger, UnixMillis } from '#kernel';
import type { Ledger, LoginRecord } from '#storage';
import { CellCounters, type FormatCount, type LoginCell } from './cell-counters.ts';
import { type RefusedCell, RefusedCounters, type RefusedStranger } from './refused-counters.ts';

/** The counters of one app since the start, as plain JSON (MG1). */
export interface LoginCounters {
  readonly since: UnixMillis;
  readonly logins: readonly LoginCell[];
  readonly formats: readonly FormatCount[];
  /** Tokens that failed where AppSign then let the login in (AD3a). */
  readonly fellBack: number;
  /** Logins about which the three credential rules do not agree (AD3). */
  readonly ruleDisagreements: number;
  readonly candidateDifferences: number;
  /** Answers that went out without a record that was kept: it came too late or could not be written (ST3). */
  readonly unrecorded: number;
  readonly refused: readonly Omit<RefusedCell, 'appId'>[];
}

/** Writes down what happened at the door, and counts it (MG1, MG1a). */
export interface LoginBook {
  /** Waits at most 250 ms for the record to be kept; then the login goes on and the gap is noted (ST3). Never rejects. */
  record(row: LoginRecord): Promise<void>;
  countRefused(stranger: RefusedStranger): void;
  counters(appId: number): LoginCounters;
  /** The apps of which something was counted since the start, ascending; 0 stands for apps that do not exist. */
  appIds(): readonly number[];
  stop(): void;
}

/** What the book is written with. */
export interface LoginBookOptions {
  readonly ledger: Pick<Ledger, 'append' | 'markUnrecorded'>;
  readonly clock: Clock;
  readonly now: () => UnixMillis;
  readonly logger: Logger;
  /** Told of every recorded login, for figures. */
  readonly onRecorded?: (row: LoginRecord) => void;
}

const waitMs = 250;

type Kept = 'kept' | 'failed';

interface AppBook {
  readonly counters: CellCounters;
  unrecorded: number;
}

/** A book over the ledger. */
export function createLoginBook(options: LoginBookOptions): LoginBook {
  const { ledger, clock, logger, now } = options;
  const since = now();
  const apps = new Map<number, AppBook>();
  const refused = new RefusedCounters();
  const bookOf = (appId: number): AppBook => {
    const book = apps.get(appId) ?? createAppBook();
    apps.set(appId, book);
    return book;
  };
  const keep = async (row: LoginRecord): Promise<Kept> => {
    try {
      await ledger.append(row);
      return 'kept';
    } catch (failure) {
      logger.warn({ err: failure, appId: row.appId }, 'a login was not recorded');
      return 'failed';
    }
  };
  return {
    async record(row) {
      const book = bookOf(row.appId);
      book.counters.take(row);
      options.onRecorded?.(row);
      const outcome = await waitForRecord(clock, keep(row));
      if (outcome !== 'kept') book.unrecorded += 1;
      // A row that could not be written is a gap the ledger has noted itself; only lateness must be told.
      if (outcome === 'late') ledger.markUnrecorded(row.at);
    },
    countRefused: (stranger) => refused.take(stranger),
    counters(appId) {
      const { counters, unrecorded } = apps.get(appId) ?? createAppBook();
      const { cells, formats, fellBack, ruleDisagreements, candidateDifferences } = counters;
      const strangers = refused.ofApp(appId, now()).map(({ appId: _, ...cell }) => cell);
      return {
        since,
        logins: cells,
        formats,
        fellBack,
        ruleDisagreements,
        candidateDifferences,
        unrecorded,
        refused: strangers,
      };
    },
    appIds: () => [...new Set([...apps.keys(), ...refused.appIds])].sort((one, other) => one - other),
    stop() {
      apps.clear();
    },
  };
}

function createAppBook(): AppBook {
  return { counters: new CellCounters(), unrecorded: 0 };
}

/** What became of the record, or `late` when that is not known after 250 ms. */
async function waitForRecord(clock: Clock, keeping: Promise<Kept>): Promise<Kept | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = clock.setTimer(waitMs, () => resolve('late'));
  const outcome = await Promise.race([keeping, late]);
  timer.cancel();
  return outcome;
}
