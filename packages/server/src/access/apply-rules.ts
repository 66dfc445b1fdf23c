import { decideRejudge, type Rejudgement, ruleViewOf } from '#admission';
import { type AppRules, policyFor } from '#policy';
import { endSessionBy, type Lease, type LiveSession, toLeaseRecord } from '#sessions';
import { endSession } from './end-session.ts';
import type { AccessParts } from './parts.ts';
import { narrowPlanes } from './renew.ts';

/** What judging again did to one session. */
export type RejudgeEffect = 'kept' | 'narrowed' | 'ending' | 'ended';

const sliceMs = 10;

/** Judges one running session by the rules of now, and acts on it (SE10). */
export async function rejudgeOne(parts: AccessParts, session: LiveSession): Promise<RejudgeEffect> {
  const rules = parts.rules.find(session.appId);
  if (rules === undefined) return 'kept';
  return await applyRejudgement(parts, session, judgeAgain(parts, rules, session));
}

/** How these rules would judge a running session. Pure but for the time. */
export function judgeAgain(parts: AccessParts, rules: AppRules, session: LiveSession): Rejudgement {
  const now = parts.now();
  const { appId, roomId, userId, platform, product, sdkVersion, sessionId } = session;
  const connectionId = session.state === 'present' ? session.connection.connectionId : session.connectionId;
  const facts = { appId, roomId, userId, platform, product, sdkVersion, sessionId, connectionId };
  const { active } = policyFor(rules, facts, now);
  return decideRejudge(ruleViewOf(rules, active), session, now);
}

/** Acts on a judgement: the one path by which a change of rules ends, narrows or leaves a session (SE10). */
export async function applyRejudgement(
  parts: AccessParts,
  session: LiveSession,
  judgement: Rejudgement,
): Promise<RejudgeEffect> {
  switch (judgement.verdict) {
    case 'keep':
      return 'kept';
    case 'replace':
      return await replaceLease(parts, session, judgement);
    case 'end': {
      const { cause, withinSeconds } = judgement;
      if (withinSeconds === 0) {
        const gone = await endSession(parts, session.sessionId, cause);
        return gone === undefined ? 'kept' : 'ended';
      }
      const at = parts.clock.monoMs() + withinSeconds * 1_000;
      parts.sessions.update(session.sessionId, (each) => endSessionBy(each, at, cause));
      return 'ending';
    }
  }
}

async function replaceLease(
  parts: AccessParts,
  session: LiveSession,
  terms: Extract<Rejudgement, { readonly verdict: 'replace' }>,
): Promise<RejudgeEffect> {
  const before = session.lease;
  const changed = parts.sessions.update(session.sessionId, (each) => ({
    ...each,
    lease: termsOf(each.lease, terms),
  }));
  if (changed === undefined) return 'kept';
  narrowPlanes(parts, changed, before);
  const { sessionId, fence, lease } = changed;
  const rulesVersion = parts.rules.find(session.appId)?.version ?? 0;
  await parts.directory.touch({
    nodeId: parts.nodes.self,
    sessionId,
    fence,
    rulesVersion,
    lease: toLeaseRecord(lease),
  });
  return 'narrowed';
}

/**
 * The same lease under narrower terms: its end moves by as much on the monotonic clock as on the wall (SE3a), and so
 * does its length, because its begin stays where it was.
 */
function termsOf(lease: Lease, terms: Extract<Rejudgement, { readonly verdict: 'replace' }>): Lease {
  const { grants, expiry, endsAt } = terms;
  const generation = lease.generation + 1;
  const shorterMs = lease.endsAt - endsAt;
  const endsAtMono = lease.endsAtMono - shorterMs;
  return { ...lease, generation, grants, expiry, endsAt, endsAtMono, grantedMs: lease.grantedMs - shorterMs };
}

/** Who was hit by a change, in whichever way. */
export interface SweepEffect {
  readonly judged: number;
  readonly hit: readonly { readonly session: LiveSession; readonly effect: Exclude<RejudgeEffect, 'kept'> }[];
}

/**
 * Judges every session of an app on this node again, in slices of at most 10 ms (SE10). Sessions that enter meanwhile
 * are judged by the newest rules as they enter.
 */
export async function sweepApp(
  parts: AccessParts,
  appId: number,
  first: readonly LiveSession[],
): Promise<SweepEffect> {
  const hit: { session: LiveSession; effect: Exclude<RejudgeEffect, 'kept'> }[] = [];
  let judged = 0;
  let sliceEnds = performance.now() + sliceMs;
  const seen = new Set<string>();
  for (const session of [...first, ...parts.sessions.ofApp(appId)]) {
    if (seen.has(session.sessionId)) continue;
    seen.add(session.sessionId);
    const current = parts.sessions.find(session.sessionId);
    if (current === undefined) continue;
    judged += 1;
    const effect = await rejudgeOne(parts, current);
    if (effect !== 'kept') hit.push({ session: current, effect });
    if (performance.now() < sliceEnds) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    sliceEnds = performance.now() + sliceMs;
  }
  return { judged, hit };
}
