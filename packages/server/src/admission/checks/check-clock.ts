import type { UnixMillis } from '#kernel';
import type { Policy } from '#policy';
import type { OpenedToken } from '../decision.ts';
import { type Finding, formatInstant, makeFinding } from '../trace.ts';

/** Seconds an issuer's clock may run ahead of ours (TK15). Expiry has no such allowance. */
export const clockSkewSeconds = 300;

/** When a token ends under a policy, in Unix seconds: a longer one than the policy allows is cut, not refused (AD11). */
export function findTokenEnd(policy: Policy, token: OpenedToken): { seconds: number; capped: boolean } {
  const cap = policy.maxTokenLifetimeSeconds;
  if (cap === null || token.expire <= token.ctime + cap) return { seconds: token.expire, capped: false };
  return { seconds: token.ctime + cap, capped: true };
}

/** Not yet valid, then expired: last of all checks (AD3a, TK15). */
export function checkClock(policy: Policy, token: OpenedToken, now: UnixMillis): readonly Finding[] {
  return [checkStart(token, now), checkEnd(policy, token, now)];
}

function checkStart(token: OpenedToken, now: UnixMillis): Finding {
  const aheadMs = token.ctime * 1000 - now;
  const waitMs = aheadMs - clockSkewSeconds * 1000;
  const ahead = aheadMs > 0 ? `, ${Math.ceil(aheadMs / 1000)} s ahead` : '';
  const finding = makeFinding('ctime', waitMs <= 0, 'notYetValid', {
    expected: `at most ${clockSkewSeconds} s ahead`,
    got: formatInstant(token.ctime) + ahead,
    hint: aheadMs > 0 ? 'issuer-clock-ahead' : undefined,
  });
  return waitMs <= 0 ? finding : { ...finding, retryAfterMs: waitMs };
}

function checkEnd(policy: Policy, token: OpenedToken, now: UnixMillis): Finding {
  const { seconds, capped } = findTokenEnd(policy, token);
  const cut = capped ? `, capped from ${formatInstant(token.expire)}` : '';
  return makeFinding('expire', now < seconds * 1000, 'tokenExpired', {
    expected: `after ${formatInstant(Math.floor(now / 1000))}`,
    got: formatInstant(seconds) + cut,
    hint: capped ? 'lifetime-capped' : undefined,
  });
}
