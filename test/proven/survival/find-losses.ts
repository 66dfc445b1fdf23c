import type { LedgerSeen } from './server-process.ts';

/** A login that was answered, and between which instants of the wall clock, in Unix milliseconds. */
export interface AnsweredLogin {
  readonly userId: string;
  readonly outcome: 'admitted' | 'refused';
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** A change of policy whose receipt came. */
export interface AnsweredChange {
  readonly version: number;
  readonly softMaxSeconds: number;
}

/** One version of the policy, as the history tells it. */
export interface VersionSeen {
  readonly version: number;
  readonly policy: { readonly softMaxSeconds: number | null };
  readonly why: string | null;
}

/** What the server had acknowledged and what it shows after the kill. */
export interface Survival {
  readonly logins: readonly AnsweredLogin[];
  readonly changes: readonly AnsweredChange[];
  readonly ledger: LedgerSeen;
  readonly history: readonly VersionSeen[];
}

// An answer waits this long for its record (ST3): one that came sooner had it on disk, so that no kill can take it.
const recordedWithinMs = 250;

/** Whether a gap that the ledger names covers a login. The end of a killed process excuses none that was recorded. */
export function isInGap(login: AnsweredLogin, gaps: LedgerSeen['gaps']): boolean {
  const { sentAt, answeredAt } = login;
  const wasRecorded = answeredAt - sentAt < recordedWithinMs;
  return gaps.some(({ from, to, cause }) => {
    return from <= answeredAt && sentAt <= to && !(wasRecorded && cause === 'uncleanStop');
  });
}

/** Everything acknowledged that is not there, and not in a gap that the ledger names (ST3, ST4). */
export function findLosses({ logins, changes, ledger, history }: Survival): readonly string[] {
  const rows = new Map(ledger.rows.map((row) => [row.userId, row]));
  const versions = new Map(history.map((seen) => [seen.version, seen]));
  const losses: string[] = [];
  for (const login of logins) {
    const { userId, outcome } = login;
    const row = rows.get(userId);
    if (row === undefined && !isInGap(login, ledger.gaps))
      losses.push(`login ${userId} is neither in the ledger nor in a gap`);
    if (row !== undefined && (row.outcome === 'admitted') !== (outcome === 'admitted')) {
      losses.push(`login ${userId} was ${outcome} and is kept as ${row.outcome}`);
    }
  }
  for (const { version, softMaxSeconds } of changes) {
    if (versions.get(version)?.policy.softMaxSeconds !== softMaxSeconds) {
      losses.push(`policy version ${version} is not there as it was answered`);
    }
  }
  const newest = Math.max(0, ...versions.keys());
  for (let version = 1; version <= newest; version++) {
    const seen = versions.get(version);
    if (seen === undefined) losses.push(`policy version ${version} is missing`);
    // Both are written in one step: a version whose reason and content disagree is half of one.
    else if (seen.why !== null && seen.why !== `to ${seen.policy.softMaxSeconds}`) {
      losses.push(`policy version ${version} is half written`);
    }
  }
  return losses;
}
