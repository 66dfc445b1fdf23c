import type { UnixMillis } from '#kernel';

/** What one answered login, resume or renewal leaves behind (MG1). Ids and figures only, never a token. */
export interface LoginRecord {
  readonly kind: 'login';
  readonly at: UnixMillis;
  readonly appId: number;
  /** Which verb was answered. */
  readonly verb: 'login' | 'resume' | 'renew' | 'switchRoom';
  readonly roomId: string;
  readonly userId: string;
  readonly sessionId: string | null;
  readonly method: 'appSign' | 'token' | 'both' | null;
  /** The token failed and AppSign let the login in all the same (AD3a). */
  readonly fellBack: boolean;
  readonly tokenVersion: '03' | '04' | null;
  readonly tokenFormat: '04-gcm' | '04-cbc' | '03-cbc' | null;
  readonly keyId: string | null;
  readonly platform: string;
  readonly sdkVersion: string;
  readonly product: string;
  /** `admitted` or the name of the refusal. */
  readonly outcome: string;
  /** The refusal's number on the wire; 0 when admitted. */
  readonly code: number;
  /** What the candidate policy would have said: `admitted`, a refusal's name, or null without one (MG3). */
  readonly candidateOutcome: string | null;
  /** What each credential rule would have said, in the order either, appSignFirst, both (AD3). */
  readonly ruleOutcomes: readonly [string, string, string];
  /** Whether the platform's SDK line can use tokens at this version: data of AD6. */
  readonly canUseTokens: 'yes' | 'no' | 'unknown';
  readonly diagnosis: string | null;
  readonly rulesVersion: number;
}

/** The trace of one refusal, kept for its owner for 7 days (AD13). */
export interface DiagnosisRecord {
  readonly kind: 'diagnosis';
  readonly at: UnixMillis;
  readonly appId: number;
  readonly diagnosisId: string;
  /** JSON of `Diagnosis`: trace, claims of an opened token, clock offset, hint. */
  readonly body: string;
}

/** Any row of the ledger. */
export type LedgerRow = LoginRecord | DiagnosisRecord;

/** A span in which rows were lost or are not known to be kept (ST3). `count` is null after an unclean stop. */
export interface Gap {
  readonly from: UnixMillis;
  readonly to: UnixMillis;
  readonly count: number | null;
  readonly cause: 'slow' | 'failed' | 'uncleanStop';
}

/** The append-only record of what happened at the door (ST1, ST3). */
export interface Ledger {
  /**
   * Resolves when the row is committed; rejects when it could not be, which is a gap. A caller that cannot wait goes
   * on after 250 ms and calls `markUnrecorded` (ST3).
   */
  append(row: LedgerRow): Promise<void>;
  /** Tells that an answer went out before its row was committed (ST3); the row itself may still arrive. */
  markUnrecorded(at: UnixMillis): void;
  /** Age of the oldest row that waits, in milliseconds; 0 when none does. */
  readonly lagMs: number;
  /** The gaps of the last 7 days, oldest first. */
  gaps(): Promise<readonly Gap[]>;
  /** The newest login records of an app, newest first; for the owner's API and for tests. */
  logins(query: LoginQuery): Promise<readonly LoginRecord[]>;
  /** One diagnosis of an app, or nothing: other apps' ids are not found (AD13). */
  findDiagnosis(appId: number, diagnosisId: string): Promise<DiagnosisRecord | undefined>;
  /** Newest diagnoses of an app, newest first. */
  diagnoses(appId: number, limit: number): Promise<readonly DiagnosisRecord[]>;
  stop(): Promise<void>;
}

/** Which login records to read. */
export interface LoginQuery {
  readonly appId: number;
  readonly since?: UnixMillis;
  readonly userId?: string;
  readonly limit: number;
}
