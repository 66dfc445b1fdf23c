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
  /** Answers that went out before their record was kept (ST3). */
  readonly unrecorded: number;
  readonly refused: readonly Omit<RefusedCell, 'appId'>[];
}

/** Writes down what happened at the door, and counts it (MG1, MG1a). */
export interface LoginBook {
  /** Waits at most 250 ms for the record to be kept; then the login goes on and the gap is noted (ST3). Never rejects. */
  record(row: LoginRecord): Promise<void>;
  countRefused(stranger: RefusedStranger): void;
  counters(appId: number): LoginCounters;
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
    const book = apps.get(appId) ?? { counters: new CellCounters(), unrecorded: 0 };
    apps.set(appId, book);
    return book;
  };
  return {
    async record(row) {
      const book = bookOf(row.appId);
      book.counters.take(row);
      options.onRecorded?.(row);
      const kept = ledger.append(row).then(
        () => true,
        (failure: unknown) => {
          logger.warn({ err: failure, appId: row.appId }, 'a login was not recorded');
          return false;
        },
      );
      if (await isKeptInTime(clock, kept)) return;
      book.unrecorded += 1;
      ledger.markUnrecorded(row.at);
    },
    countRefused: (stranger) => refused.take(stranger),
    counters(appId) {
      const { counters, unrecorded } = bookOf(appId);
      const { cells, formats, fellBack, ruleDisagreements, candidateDifferences } = counters;
      const strangers = refused.ofApp(appId).map(({ appId: _, ...cell }) => cell);
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
    stop() {
      apps.clear();
    },
  };
}

/** True when kept within 250 ms; false when late, and when it could not be kept (the ledger notes that gap itself). */
async function isKeptInTime(clock: Clock, kept: Promise<boolean>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = clock.setTimer(waitMs, () => resolve(false));
  const inTime = await Promise.race([kept.then(() => true), late]);
  timer.cancel();
  return inTime;
}
