import { createId, RoomkeyError, type UnixMillis } from '#kernel';
import type { Revocation, RevocationTarget } from './app-rules.ts';
import type { EditContext, EditPlan } from './edit-plan.ts';
import { type AheadToken, largestAheadSeconds } from './issuer-clocks.ts';
import type { Policy } from './policy.ts';
import { toRevocationRow } from './stored-rules.ts';

/** For how long AppSign logins under a revoked user id are refused (AD11b). */
export const appSignRefusedMs: number = 24 * 60 * 60_000;

const longestMarginSeconds = 3_600;
const longestIdBytes = 128;
// A session by AppSign may still be resumed for a while after its last frame (SE7).
const resumeSlackSeconds = 3_600;

/** A revocation with the issuers' clocks as they are known now (AD11, AD11a). */
export function planRevocation(
  context: EditContext,
  target: RevocationTarget,
  marginSeconds: number | undefined,
): EditPlan {
  const { state, appId, version, by } = context;
  const margin = marginSeconds ?? state.policy.reauthMarginSeconds;
  const problems = [...targetProblems(context, target), ...marginProblems(margin)];
  if (problems.length > 0) throw new RoomkeyError('validation', { details: problems });
  const revocation = createRevocation(context, target, margin);
  return {
    action: 'revocation.add',
    details: { revocationId: revocation.revocationId, target, marginSeconds: margin },
    async write(tx) {
      await tx
        .insertInto('revocations')
        .values(toRevocationRow(revocation, { appId, version, by }))
        .execute();
    },
    apply() {
      state.index.append(revocation, version);
      return {};
    },
  };
}

/** What a revocation is made from: the policy, the time, and what is known of the issuers' clocks. */
export interface RevocationContext extends Pick<EditContext, 'appId' | 'now' | 'clocks'> {
  readonly state: { readonly policy: Policy };
}

/** The revocation that such a target leads to now; nothing is kept. */
export function createRevocation(
  { state, appId, now, clocks }: RevocationContext,
  target: RevocationTarget,
  marginSeconds: number,
): Revocation {
  const isTimed = target.kind !== 'token' && target.kind !== 'session';
  const before = target.kind === 'issuedBefore' ? target.atSeconds : now / 1_000;
  const aheadSecondsByKey = isTimed ? clocks.aheadByKey(appId, now) : {};
  const ahead = isTimed
    ? clocks
        .aheadTokens(appId, now)
        .filter(
          (token) => isNamed(target, token) && token.ctime >= before + (aheadSecondsByKey[token.keyId] ?? 0),
        )
    : [];
  const appSignRefusedUntil = target.kind === 'user' ? now + appSignRefusedMs : null;
  return {
    revocationId: createId(),
    target,
    revokedAt: now,
    expiresAt: expiresAt(target, { policy: state.policy, now, ahead }),
    aheadSecondsByKey,
    aheadDigests: ahead.map(({ digest }) => digest),
    appSignRefusedUntil,
    marginSeconds,
  };
}

/** Whether a token seen from the future may be one that the revocation names. */
function isNamed(target: RevocationTarget, token: AheadToken): boolean {
  if (target.kind === 'secret') return token.keyId === target.secretId;
  return target.kind !== 'user' || token.userId === undefined || token.userId === target.userId;
}

interface ExpiryFacts {
  readonly policy: Policy;
  readonly now: UnixMillis;
  readonly ahead: readonly AheadToken[];
}

/** When the last token it could hit has ended, counted from its ctime; null = it stays (AD11). */
function expiresAt(target: RevocationTarget, { policy, now, ahead }: ExpiryFacts): UnixMillis | null {
  if (target.kind === 'session' && target.digest === null) {
    return now + (policy.appSignMaxSessionSeconds + resumeSlackSeconds) * 1_000;
  }
  if (policy.maxTokenLifetimeSeconds === null) return null;
  const latestCtime = Math.max(
    Math.ceil(now / 1_000) + largestAheadSeconds,
    ...ahead.map(({ ctime }) => ctime),
  );
  const tokensEnd = (latestCtime + policy.maxTokenLifetimeSeconds) * 1_000;
  return target.kind === 'user' ? Math.max(tokensEnd, now + appSignRefusedMs) : tokensEnd;
}

function marginProblems(margin: number): readonly string[] {
  const fits = Number.isInteger(margin) && margin >= 0 && margin <= longestMarginSeconds;
  return fits ? [] : [`/marginSeconds: a whole number from 0 to ${longestMarginSeconds}`];
}

function targetProblems({ state, now }: EditContext, target: RevocationTarget): readonly string[] {
  switch (target.kind) {
    case 'token':
      return digestProblems(target.digest);
    case 'user':
      return idProblems('userId', target.userId);
    case 'room':
      return idProblems('roomId', target.roomId);
    case 'session': {
      const digest = target.digest === null ? [] : digestProblems(target.digest);
      return [...idProblems('sessionId', target.sessionId), ...digest];
    }
    case 'secret': {
      const isKnown = state.opened.app.secrets.some(({ secretId }) => secretId === target.secretId);
      return isKnown ? [] : ['/target/secretId: the id of a server secret of this app'];
    }
    case 'issuedBefore': {
      const { atSeconds } = target;
      const isPast = Number.isInteger(atSeconds) && atSeconds >= 1 && atSeconds <= Math.ceil(now / 1_000);
      return isPast ? [] : ['/target/atSeconds: whole Unix seconds, not in the future'];
    }
  }
}

function idProblems(name: string, id: string): readonly string[] {
  const fits = typeof id === 'string' && id !== '' && Buffer.byteLength(id) <= longestIdBytes;
  return fits ? [] : [`/target/${name}: 1 to ${longestIdBytes} bytes`];
}

function digestProblems(digest: string): readonly string[] {
  const fits = typeof digest === 'string' && digest.length === 64 && /^[0-9a-f]*$/.test(digest);
  return fits ? [] : ['/target/digest: 64 lower-case hexadecimal characters'];
}
