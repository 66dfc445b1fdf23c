import type { RoomkeyErrorName } from '@roomkey/protocol';
import { type Check, findHint, type HintText, hintTexts, type OpenedToken } from '#admission';
import {
  type BucketRate,
  type Clock,
  createId,
  createTokenBucket,
  type Logger,
  type TokenBucket,
  takeFromBucket,
  type UnixMillis,
} from '#kernel';
import type { Ledger } from '#storage';

/** One refusal, as the door saw it. */
export interface RefusalFacts {
  readonly at: UnixMillis;
  readonly appId: number;
  readonly verb: string;
  readonly error: RoomkeyErrorName;
  readonly roomId: string;
  readonly userId: string;
  readonly platform: string;
  readonly product: string;
  readonly sdkVersion: string;
  readonly trace: readonly Check[];
  /** Only a token that opened under the policy in force (TK13). */
  readonly token: OpenedToken | undefined;
  /** Positive = ahead (AD14). */
  readonly issuerOffsetSeconds: number | undefined;
}

/** What the owner sees of one refusal: the checks, what a token said that opened, and the nearest miss (AD13). */
export interface Diagnosis extends Omit<RefusalFacts, 'token' | 'issuerOffsetSeconds'> {
  readonly diagnosisId: string;
  readonly claims: OpenedToken | null;
  readonly issuerOffsetSeconds: number | null;
  readonly hint: ({ readonly id: string } & HintText) | null;
}

/** An id that was dropped: refusals came faster than they can be kept (AD13). */
export interface DroppedDiagnosis {
  readonly dropped: true;
  /** How many of this app were dropped like it since the start. */
  readonly alike: number;
}

/** Keeps refusals for their owners (AD13). */
export interface Diagnoses {
  /** Gives the opaque id at once, 128 bits; keeping goes on behind it. */
  report(refusal: RefusalFacts): string;
  /** The diagnosis of an app, or how many like it were dropped; undefined for ids that are not this app's. */
  findWhy(appId: number, diagnosisId: string): Promise<Diagnosis | DroppedDiagnosis | undefined>;
  stop(): void;
}

/** What diagnoses are kept with. */
export interface DiagnosesOptions {
  readonly ledger: Pick<Ledger, 'append' | 'findDiagnosis'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

// A storm of refusals must not fill the disk: what is beyond this is dropped, and says so.
const keptRate: BucketRate = { count: 200, perMs: 4_000 };
const mostDropped = 10_000;

interface AppRefusals {
  readonly bucket: TokenBucket;
  /** Ids that were given out and not kept, oldest first. */
  readonly dropped: Set<string>;
  droppedCount: number;
}

/** Diagnoses in the ledger; per app at most 50 a second are written. */
export function createDiagnoses({ ledger, clock, logger }: DiagnosesOptions): Diagnoses {
  const apps = new Map<number, AppRefusals>();
  const appOf = (appId: number): AppRefusals => {
    const known = apps.get(appId);
    if (known !== undefined) return known;
    const made: AppRefusals = {
      bucket: createTokenBucket(keptRate, clock.monoMs()),
      dropped: new Set(),
      droppedCount: 0,
    };
    apps.set(appId, made);
    return made;
  };
  // Rows on their way: an owner who asks at once must not be told that there is nothing.
  const pending = new Map<string, Diagnosis>();
  return {
    report(refusal) {
      const diagnosisId = createId();
      const app = appOf(refusal.appId);
      if (takeFromBucket(app.bucket, keptRate, clock.monoMs()) > 0) {
        drop(app, diagnosisId);
        return diagnosisId;
      }
      const diagnosis = diagnosisOf(diagnosisId, refusal);
      pending.set(diagnosisId, diagnosis);
      const { at, appId } = refusal;
      ledger
        .append({ kind: 'diagnosis', at, appId, diagnosisId, body: JSON.stringify(diagnosis) })
        .catch((failure: unknown) => {
          drop(app, diagnosisId);
          logger.warn({ err: failure, appId, diagnosisId }, 'a diagnosis was not kept');
        })
        .finally(() => pending.delete(diagnosisId));
      return diagnosisId;
    },
    async findWhy(appId, diagnosisId) {
      const waiting = pending.get(diagnosisId);
      if (waiting !== undefined) return waiting.appId === appId ? waiting : undefined;
      const app = apps.get(appId);
      if (app?.dropped.has(diagnosisId) === true) return { dropped: true, alike: app.droppedCount };
      const row = await ledger.findDiagnosis(appId, diagnosisId);
      return row === undefined ? undefined : (JSON.parse(row.body) as Diagnosis);
    },
    stop() {
      apps.clear();
    },
  };
}

function drop(app: AppRefusals, diagnosisId: string): void {
  app.droppedCount += 1;
  app.dropped.add(diagnosisId);
  const [oldest] = app.dropped;
  if (app.dropped.size > mostDropped && oldest !== undefined) app.dropped.delete(oldest);
}

function diagnosisOf(diagnosisId: string, refusal: RefusalFacts): Diagnosis {
  const { token, issuerOffsetSeconds, ...facts } = refusal;
  const hint = findHint(refusal.trace);
  return {
    diagnosisId,
    ...facts,
    claims: token ?? null,
    issuerOffsetSeconds: issuerOffsetSeconds ?? null,
    hint: hint === undefined ? null : { id: hint, ...hintTexts[hint] },
  };
}
