import { checkRoomId, checkUserId } from '@roomkey/protocol';
import { createId, RoomkeyError } from '#kernel';
import type { ForbidRule } from './app-rules.ts';
import type { EditContext, EditPlan } from './edit-plan.ts';
import { createForbidRules } from './forbid-rules.ts';
import { toForbidRow } from './stored-rules.ts';

/** Whom to keep out and for how long. */
export interface ForbidRequest {
  readonly userId?: string;
  readonly roomId?: string;
  readonly seconds: number;
}

const longestSeconds = 365 * 24 * 3_600;
const mostRules = 10_000;

/** Keeps a user, a room, or a user out of a room for a while (1002066). */
export function planForbid(context: EditContext, request: ForbidRequest): EditPlan {
  const { state, appId, now, by } = context;
  refuseForbid(request);
  const inForce = state.forbids.rules.filter((rule) => rule.expiresAt > now);
  if (inForce.length >= mostRules) throw new RoomkeyError('wrongState');
  const { userId, roomId, seconds } = request;
  const rule: ForbidRule = {
    ruleId: createId(),
    ...(userId === undefined ? {} : { userId }),
    ...(roomId === undefined ? {} : { roomId }),
    expiresAt: now + seconds * 1_000,
  };
  return {
    action: 'forbid.add',
    details: { ...rule },
    async write(tx) {
      // What has ended goes, or the table would grow with every rule there ever was.
      const ofApp = tx.deleteFrom('forbid_rules').where('app_id', '=', appId);
      await ofApp.where('expires_at', '<=', now).execute();
      await tx
        .insertInto('forbid_rules')
        .values(toForbidRow(rule, { appId, createdAt: now, by }))
        .execute();
    },
    apply: () => ({ forbids: createForbidRules([...inForce, rule]) }),
  };
}

/** Takes a forbid rule back. */
export function planUnforbid({ state, appId }: EditContext, ruleId: string): EditPlan {
  const kept = state.forbids.rules.filter((rule) => rule.ruleId !== ruleId);
  if (kept.length === state.forbids.rules.length) throw new RoomkeyError('notFound');
  return {
    action: 'forbid.remove',
    details: { ruleId },
    async write(tx) {
      const ofApp = tx.deleteFrom('forbid_rules').where('app_id', '=', appId);
      await ofApp.where('rule_id', '=', ruleId).execute();
    },
    apply: () => ({ forbids: createForbidRules(kept) }),
  };
}

function refuseForbid({ userId, roomId, seconds }: ForbidRequest): void {
  const problems: string[] = [];
  if (userId === undefined && roomId === undefined) problems.push('/: a userId, a roomId or both');
  if (userId !== undefined && checkUserId(userId) !== undefined) problems.push('/userId: a user id');
  if (roomId !== undefined && checkRoomId(roomId) !== undefined) problems.push('/roomId: a room id');
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestSeconds) {
    problems.push(`/seconds: a whole number from 1 to ${longestSeconds}`);
  }
  if (problems.length > 0) throw new RoomkeyError('validation', { details: problems });
}
