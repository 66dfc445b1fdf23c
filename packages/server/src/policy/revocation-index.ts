import type { UnixMillis } from '#kernel';
import type {
  Revocation,
  RevocationSubject,
  Revocations,
  RevocationTarget,
  RulesVersion,
} from './app-rules.ts';
import { type RevocationEntry, RevocationList, type RevocationLookup } from './revocation-list.ts';

const hourMs = 3_600_000;

/**
 * Every revocation in force of one app, found by what it names, so that a look-up costs the same with 100 000 (AD15).
 *
 * It only grows, and each entry bears the version of the rules it came with: a view of an older version does not see
 * it, so snapshots of the rules stay what they were and share one index. What has expired is taken out by `prune`.
 */
export class RevocationIndex {
  // Keys hold client-named ids: Maps, never objects (SC2a). The first letter tells what is named.
  readonly #lists = new Map<string, RevocationList>();
  readonly #expiring = new Map<number, RevocationEntry[]>();
  #size = 0;

  /** How many are held. */
  get size(): number {
    return this.#size;
  }

  /** Adds one; versions never fall from one call to the next. */
  append(revocation: Revocation, version: RulesVersion): void {
    const entry: RevocationEntry = { revocation, version };
    for (const key of keysOf(revocation)) {
      const list = this.#lists.get(key) ?? new RevocationList(key.startsWith('a'));
      this.#lists.set(key, list);
      list.append(entry);
    }
    if (revocation.expiresAt !== null) {
      const hour = Math.floor(revocation.expiresAt / hourMs);
      const sameHour = this.#expiring.get(hour) ?? [];
      this.#expiring.set(hour, sameHour);
      sameHour.push(entry);
    }
    this.#size += 1;
  }

  /** Takes out what expired in hours that have passed; returns how many. Costs as much as it takes out. */
  prune(now: UnixMillis): number {
    const thisHour = Math.floor(now / hourMs);
    const gone = new Set<RevocationEntry>();
    for (const [hour, entries] of this.#expiring) {
      if (hour >= thisHour) continue;
      for (const entry of entries) gone.add(entry);
      this.#expiring.delete(hour);
    }
    const keys = new Set([...gone].flatMap(({ revocation }) => keysOf(revocation)));
    for (const key of keys) this.#removeFrom(key, gone);
    this.#size -= gone.size;
    return gone.size;
  }

  /** The revocations as they are at one version of the rules. */
  view(version: RulesVersion): Revocations {
    return {
      size: this.#size,
      findForToken: (subject, now) => this.#findForToken({ subject, version, now }),
      findForAppSign: (subject, now) => this.#findForAppSign({ subject, version, now }),
    };
  }

  #removeFrom(key: string, gone: ReadonlySet<RevocationEntry>): void {
    const list = this.#lists.get(key);
    list?.remove(gone);
    if (list?.isEmpty) this.#lists.delete(key);
  }

  #findForToken(lookup: RevocationLookup): Revocation | undefined {
    if (this.#size === 0) return undefined;
    let newest: RevocationEntry | undefined;
    for (const key of subjectKeys(lookup.subject)) {
      const found = this.#lists.get(key)?.findForToken(lookup);
      if (found !== undefined && (newest === undefined || found.version > newest.version)) newest = found;
    }
    return newest?.revocation;
  }

  #findForAppSign(lookup: RevocationLookup): Revocation | undefined {
    if (this.#size === 0) return undefined;
    const byUser = this.#lists.get(`u${lookup.subject.userId}`)?.findForAppSign(lookup);
    const { sessionId } = lookup.subject;
    const bySession =
      sessionId === undefined ? undefined : this.#lists.get(`s${sessionId}`)?.findForAppSign(lookup);
    if (byUser === undefined || bySession === undefined) return (byUser ?? bySession)?.revocation;
    return (byUser.version > bySession.version ? byUser : bySession).revocation;
  }
}

/** The lists a revocation stands in. */
function keysOf(revocation: Revocation): readonly string[] {
  const { target, aheadDigests } = revocation;
  if (target.kind === 'token') return [`d${target.digest}`];
  if (target.kind === 'session') {
    const byDigest = target.digest === null ? [] : [`d${target.digest}`];
    return [`s${target.sessionId}`, ...byDigest];
  }
  const key = timedKey(target);
  return [key, ...aheadDigests.map((digest) => `a${digest}${key}`)];
}

function timedKey(target: Exclude<RevocationTarget, { kind: 'token' | 'session' }>): string {
  switch (target.kind) {
    case 'user':
      return `u${target.userId}`;
    case 'room':
      return `r${target.roomId}`;
    case 'secret':
      return `k${target.secretId}`;
    case 'issuedBefore':
      return 'i';
  }
}

/** The lists in which a revocation that hits this subject may stand. */
function subjectKeys({ sessionId, token, userId, roomId }: RevocationSubject): readonly string[] {
  const bySession = sessionId === undefined ? [] : [`s${sessionId}`];
  if (token === undefined) return bySession;
  const timed = [`u${userId}`, `r${roomId}`, `k${token.keyId}`, 'i'];
  const ahead = timed.map((key) => `a${token.digest}${key}`);
  return [...bySession, `d${token.digest}`, ...timed, ...ahead];
}
