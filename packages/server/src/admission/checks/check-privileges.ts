import type { Policy } from '#policy';
import type { OpenedToken, TokenPrivileges } from '../decision.ts';
import { namesRoom } from '../grants.ts';
import { hintForIds } from '../hints.ts';
import { type Finding, makeFinding, makeRow } from '../trace.ts';

type GivenPrivileges = Extract<TokenPrivileges, { kind: 'given' }>;

/**
 * Payload, room, login bit (AD7). The room of a token03 is checked always, the rest only where the policy checks
 * privileges. The publish bit refuses no login; it is shown, and limits the grants.
 */
export function checkPrivileges(policy: Policy, token: OpenedToken, roomId: string): readonly Finding[] {
  const checked = policy.checkLogin || policy.checkPublish;
  const { privileges } = token;
  if (!checked) {
    const row = makeRow('payload', 'skip', { expected: 'not checked', got: privileges.kind });
    return token.roomId === undefined ? [{ row }] : [{ row }, checkRoom(policy, token, roomId)];
  }
  const payload = checkPayload(policy, privileges);
  if (privileges.kind !== 'given') return [payload];
  const room = policy.checkLogin || token.roomId !== undefined ? [checkRoom(policy, token, roomId)] : [];
  return [payload, ...room, checkLoginBit(policy, privileges), showPublishBit(policy, privileges)];
}

function checkPayload(policy: Policy, privileges: TokenPrivileges): Finding {
  if (privileges.kind === 'invalid') {
    return makeFinding('payload', false, 'tokenFormat', { expected: 'JSON of privileges', got: 'not that' });
  }
  const expected = policy.basicTokens === 'allow' ? 'privileges or none' : 'privileges';
  const passes = privileges.kind === 'given' || policy.basicTokens === 'allow';
  return makeFinding('payload', passes, 'basicTokenRefused', { expected, got: privileges.kind });
}

function checkRoom(policy: Policy, token: OpenedToken, roomId: string): Finding {
  const given = token.privileges.kind === 'given' ? token.privileges.roomId : undefined;
  const named = token.roomId ?? given ?? '';
  const passes = namesRoom(policy, token, roomId);
  const nearest = named === '' ? 'room-empty' : hintForIds('room', roomId, named);
  return makeFinding('room', passes, 'otherRoom', {
    expected: roomId,
    got: named === '' ? 'no room' : named,
    hint: passes ? undefined : nearest,
  });
}

function checkLoginBit(policy: Policy, privileges: GivenPrivileges): Finding {
  const got = privileges.login ? '1' : '0';
  if (!policy.checkLogin) return { row: makeRow('login', 'skip', { expected: 'not checked', got }) };
  return makeFinding('login', privileges.login, 'loginBitMissing', { expected: '1', got });
}

function showPublishBit(policy: Policy, privileges: GivenPrivileges): Finding {
  const streams = privileges.streamIds === null ? 'any stream' : `${privileges.streamIds.length} streams`;
  const got = privileges.publish ? `1, ${streams}` : '0';
  const verdict = policy.checkPublish ? 'note' : 'skip';
  const expected = policy.checkPublish ? '1 to publish' : 'not checked';
  return { row: makeRow('publish', verdict, { expected, got }) };
}
