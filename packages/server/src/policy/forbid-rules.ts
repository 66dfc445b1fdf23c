import type { UnixMillis } from '#kernel';
import type { ForbidRule } from './app-rules.ts';

/** The forbid rules of an app at one version of its rules; never changed, only made anew (1002066). */
export interface ForbidRules {
  readonly rules: readonly ForbidRule[];
  find(userId: string, roomId: string, now: UnixMillis): ForbidRule | undefined;
}

/** Makes look-ups of constant cost; of rules that name the same, the one that lasts longest answers. */
export function createForbidRules(rules: readonly ForbidRule[]): ForbidRules {
  const byTarget = new Map<string, ForbidRule>();
  for (const rule of rules) {
    const key = keyOf(rule.userId, rule.roomId);
    const other = byTarget.get(key);
    if (other === undefined || other.expiresAt < rule.expiresAt) byTarget.set(key, rule);
  }
  return { rules, find: (userId, roomId, now) => find(byTarget, [userId, roomId], now) };
}

function find(
  byTarget: ReadonlyMap<string, ForbidRule>,
  [userId, roomId]: readonly [string, string],
  now: UnixMillis,
): ForbidRule | undefined {
  if (byTarget.size === 0) return undefined;
  const keys = [keyOf(userId, roomId), keyOf(userId, undefined), keyOf(undefined, roomId)];
  return keys.map((key) => byTarget.get(key)).find((rule) => rule !== undefined && rule.expiresAt > now);
}

function keyOf(userId: string | undefined, roomId: string | undefined): string {
  return JSON.stringify([userId ?? null, roomId ?? null]);
}
