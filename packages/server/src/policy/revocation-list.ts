import type { UnixMillis } from '#kernel';
import type { Revocation, RevocationSubject, RulesVersion } from './app-rules.ts';
import { doesHitAppSign, doesHitToken, revokedBefore } from './does-revocation-hit.ts';

/** A revocation with the version of the rules it came with. */
export interface RevocationEntry {
  readonly revocation: Revocation;
  readonly version: RulesVersion;
}

/** Whom to look for, as seen at one version of the rules. */
export interface RevocationLookup {
  readonly subject: RevocationSubject;
  readonly version: RulesVersion;
  readonly now: UnixMillis;
}

/**
 * The revocations that name one thing, oldest first. A look-up goes from the newest back and stops where nothing older
 * can hit: a fresh token meets one of them, an old one is hit by the first.
 */
export class RevocationList {
  #entries: RevocationEntry[] = [];
  /** At each place the latest ctime that it or any before it could hit, in seconds. */
  #reach: number[] = [];
  /** At each place until when it or any before it refuses AppSign. */
  #refusedUntil: number[] = [];

  readonly #isByDigest: boolean;

  /** `isByDigest`: the list of one token that was seen ahead of its ctime, which no instant bounds (AD11a). */
  constructor(isByDigest: boolean) {
    this.#isByDigest = isByDigest;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  append(entry: RevocationEntry): void {
    const { revocation } = entry;
    const isByName = revokedBefore(revocation) === undefined;
    const reach = this.#isByDigest ? Number.POSITIVE_INFINITY : reachOf(revocation);
    const refusedUntil = isByName ? Number.POSITIVE_INFINITY : (revocation.appSignRefusedUntil ?? 0);
    this.#reach.push(Math.max(this.#reach.at(-1) ?? 0, reach));
    this.#refusedUntil.push(Math.max(this.#refusedUntil.at(-1) ?? 0, refusedUntil));
    this.#entries.push(entry);
  }

  remove(gone: ReadonlySet<RevocationEntry>): void {
    const kept = this.#entries.filter((entry) => !gone.has(entry));
    this.#entries = [];
    this.#reach = [];
    this.#refusedUntil = [];
    for (const entry of kept) this.append(entry);
  }

  /** The newest that hits the token and is older than the version asked for. */
  findForToken({ subject, version, now }: RevocationLookup): RevocationEntry | undefined {
    const ctime = subject.token?.ctime ?? Number.NEGATIVE_INFINITY;
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      if (ctime >= (this.#reach[at] ?? 0)) return undefined;
      const entry = this.#entries[at];
      if (entry === undefined || entry.version > version) continue;
      if (doesHitToken(entry.revocation, subject, now)) return entry;
    }
    return undefined;
  }

  /** The newest that refuses AppSign. */
  findForAppSign({ subject, version, now }: RevocationLookup): RevocationEntry | undefined {
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      if ((this.#refusedUntil[at] ?? 0) <= now) return undefined;
      const entry = this.#entries[at];
      if (entry === undefined || entry.version > version) continue;
      if (doesHitAppSign(entry.revocation, subject, now)) return entry;
    }
    return undefined;
  }
}

function reachOf(revocation: Revocation): number {
  const before = revokedBefore(revocation);
  if (before === undefined) return Number.POSITIVE_INFINITY;
  return before + Math.max(0, ...Object.values(revocation.aheadSecondsByKey));
}
