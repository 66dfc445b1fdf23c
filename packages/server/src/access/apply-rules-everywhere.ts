import { RoomkeyError } from '#kernel';
import type { Actor, AppRules, RevocationTarget, RulesEdit, RulesVersion } from '#policy';
import type { LiveSession } from '#sessions';
import { applyRejudgement, judgeAgain, type SweepEffect, sweepApp } from './apply-rules.ts';
import type { ChangeEffect, ChangeReceipt, SessionInfo } from './owner-desk.ts';
import type { AccessParts } from './parts.ts';
import { sessionInfoOf } from './session-info.ts';

/** The topic by which a node asks all to load and apply an app's rules (CL4). */
export const applyRulesTopic = 'access.applyRules';

const applyWithinMs = 8_000;

interface ApplyRules {
  readonly appId: number;
  readonly version: RulesVersion;
  readonly revoked: Revoked | undefined;
}

/** What a revocation names, and for how long those it hits may go on (AD11). */
interface Revoked {
  readonly target: RevocationTarget;
  readonly marginSeconds: number;
}

const noEffect: ChangeEffect = { ended: [], narrowed: [], ending: [], judged: 0 };

/**
 * Changes the rules of an app and resolves when every node has applied them: durable first, then the floor, so that no
 * login decided by older rules enters any more, then every running session judged again (SE10, CL2, CL4).
 */
export async function changeRules(
  parts: AccessParts,
  change: {
    readonly appId: number;
    readonly ifVersion: RulesVersion | undefined;
    readonly by: Actor;
    readonly edit: RulesEdit;
  },
): Promise<ChangeReceipt> {
  const { appId, ifVersion, by, edit } = change;
  const rules = await parts.rules.change(appId, ifVersion, by, edit);
  return await applyEverywhere(parts, rules, edit);
}

/** Lets every node apply rules that are already durable. */
export async function applyEverywhere(
  parts: AccessParts,
  rules: AppRules,
  edit: RulesEdit,
): Promise<ChangeReceipt> {
  const { appId, version } = rules;
  await parts.directory.raiseRules(appId, version);
  const body: ApplyRules = { appId, version, revoked: revokedBy(rules, edit) };
  const { answers, silent } = await parts.bus.ask({ topic: applyRulesTopic, body }, applyWithinMs);
  const effect = addUp([...answers.values()] as readonly ChangeEffect[]);
  return { rules, applied: silent.length === 0, silentNodes: silent, effect };
}

/** What this node does when it is asked to apply rules; handles `applyRulesTopic`. */
export async function applyRulesHere(parts: AccessParts, body: unknown): Promise<ChangeEffect> {
  const { appId, version, revoked } = body as ApplyRules;
  const rules = parts.rules.find(appId);
  if (rules === undefined || rules.version < version) throw new RoomkeyError('rulesUnsettled');
  const guests = appSignGuestsOf(parts, appId, revoked);
  const { judged, hit: swept } = await sweepApp(parts, appId, firstHit(parts, appId, revoked?.target));
  const hit = [...swept, ...(await endGuests(parts, guests, revoked))];
  const of = (effect: (typeof hit)[number]['effect']): SessionInfo[] =>
    hit.filter((each) => each.effect === effect).map(({ session }) => sessionInfoOf(session));
  return { ended: of('ended'), narrowed: of('narrowed'), ending: of('ending'), judged };
}

/** Those whom a revocation names come first, by index: they must not wait for a sweep of everybody (SE10). */
function firstHit(
  parts: AccessParts,
  appId: number,
  target: RevocationTarget | undefined,
): readonly LiveSession[] {
  switch (target?.kind) {
    case 'user':
      return parts.sessions.ofUser(appId, target.userId);
    case 'room':
      return parts.sessions.ofRoom(appId, target.roomId);
    case 'session': {
      const session = parts.sessions.find(target.sessionId);
      return session?.appId === appId ? [session] : [];
    }
    default:
      return [];
  }
}

/**
 * The guests by AppSign who are in a revoked room now. AppSign says nothing of when it was issued, so no revocation hits
 * a later login by it; but whoever is in at this moment leaves with the others (AD11).
 */
function appSignGuestsOf(
  parts: AccessParts,
  appId: number,
  revoked: Revoked | undefined,
): readonly LiveSession[] {
  if (revoked?.target.kind !== 'room') return [];
  return parts.sessions
    .ofRoom(appId, revoked.target.roomId)
    .filter(({ lease }) => lease.method === 'appSign');
}

async function endGuests(
  parts: AccessParts,
  guests: readonly LiveSession[],
  revoked: Revoked | undefined,
): Promise<SweepEffect['hit']> {
  const hit: SweepEffect['hit'][number][] = [];
  const end = {
    verdict: 'end',
    cause: { cause: 'revoked' },
    withinSeconds: revoked?.marginSeconds ?? 0,
    trace: [],
  } as const;
  for (const session of guests) {
    const effect = await applyRejudgement(parts, session, end);
    if (effect !== 'kept') hit.push({ session, effect });
  }
  return hit;
}

function revokedBy({ policy }: AppRules, edit: RulesEdit): Revoked | undefined {
  if (edit.kind !== 'revoke') return undefined;
  return { target: edit.target, marginSeconds: edit.marginSeconds ?? policy.reauthMarginSeconds };
}

/** What a change would do to the sessions of this node, without doing it (AD11). */
export function previewRules(parts: AccessParts, wouldBe: AppRules, edit: RulesEdit): ChangeEffect {
  const ended: SessionInfo[] = [];
  const narrowed: SessionInfo[] = [];
  const ending: SessionInfo[] = [];
  const sessions = parts.sessions.ofApp(wouldBe.appId);
  const revoked = revokedBy(wouldBe, edit);
  const guests = new Set(appSignGuestsOf(parts, wouldBe.appId, revoked));
  for (const session of sessions) {
    if (guests.has(session)) {
      (revoked?.marginSeconds === 0 ? ended : ending).push(sessionInfoOf(session));
      continue;
    }
    const judgement = judgeAgain(parts, wouldBe, session);
    if (judgement.verdict === 'replace') narrowed.push(sessionInfoOf(session));
    if (judgement.verdict === 'end')
      (judgement.withinSeconds === 0 ? ended : ending).push(sessionInfoOf(session));
  }
  return { ended, narrowed, ending, judged: sessions.length };
}

function addUp(effects: readonly ChangeEffect[]): ChangeEffect {
  return effects.reduce(
    (sum, effect) => ({
      ended: [...sum.ended, ...effect.ended],
      narrowed: [...sum.narrowed, ...effect.narrowed],
      ending: [...sum.ending, ...effect.ending],
      judged: sum.judged + effect.judged,
    }),
    noEffect,
  );
}
