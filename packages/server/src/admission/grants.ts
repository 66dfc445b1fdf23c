import { type PlaneName, planes } from '@roomkey/protocol';
import type { Policy } from '#policy';
import type { Grants, OpenedToken } from './decision.ts';

// TK4: without an audience a token is good for every plane but the recorder; AppSign names none either.
const usualPlanes: readonly PlaneName[] = planes.filter((plane) => plane !== 'recorder');

/** What AppSign grants: it names no rights, so everything but the recorder. */
export const appSignGrants: Grants = { login: true, publish: true, streams: 'any', planes: usualPlanes };

/** What a token that passed grants in this room (AD7): where a privilege is not checked, its bit is ignored. */
export function grantsOfToken(policy: Policy, token: OpenedToken, roomId: string): Grants {
  const { privileges } = token;
  if (privileges.kind !== 'given') return appSignGrants;
  const { audience } = privileges;
  return {
    login: true,
    // The bit is a right in the room that the token names: elsewhere it is none, even where login is not checked.
    publish: !policy.checkPublish || (privileges.publish && namesRoom(policy, token, roomId)),
    streams: policy.checkPublish ? (privileges.streamIds ?? 'any') : 'any',
    planes: audience === null ? usualPlanes : planes.filter((plane) => audience.includes(plane)),
  };
}

/** Whether a token that names privileges names this room, or one that the policy takes for any (AD7). */
export function namesRoom(policy: Policy, token: OpenedToken, roomId: string): boolean {
  if (token.roomId !== undefined) return token.roomId === roomId;
  const named = token.privileges.kind === 'given' ? token.privileges.roomId : undefined;
  if (named === undefined || named === '') return policy.emptyRoomId === 'anyRoom';
  return named === roomId;
}

/** Whether `inner` grants nothing that `outer` does not. */
export function areGrantsWithin(inner: Grants, outer: Grants): boolean {
  const streams = !inner.publish || areStreamsWithin(inner.streams, outer.streams);
  return (
    isWithin(inner.login, outer.login) &&
    isWithin(inner.publish, outer.publish) &&
    streams &&
    inner.planes.every((plane) => outer.planes.includes(plane))
  );
}

/** Whether two grants allow the same, whatever the order of their lists. */
export function areGrantsEqual(one: Grants, other: Grants): boolean {
  return areGrantsWithin(one, other) && areGrantsWithin(other, one);
}

/** What both allow: a lease that is judged again narrows and never widens (SE10). */
export function intersectGrants(one: Grants, other: Grants): Grants {
  return {
    login: one.login && other.login,
    publish: one.publish && other.publish,
    streams: intersectStreams(one.streams, other.streams),
    planes: one.planes.filter((plane) => other.planes.includes(plane)),
  };
}

/** Whether these grants let a stream be published. */
export function mayPublishStream(grants: Grants, streamId: string): boolean {
  return grants.publish && (grants.streams === 'any' || grants.streams.includes(streamId));
}

function isWithin(inner: boolean, outer: boolean): boolean {
  return !inner || outer;
}

function areStreamsWithin(inner: Grants['streams'], outer: Grants['streams']): boolean {
  if (outer === 'any') return true;
  return inner !== 'any' && inner.every((streamId) => outer.includes(streamId));
}

function intersectStreams(one: Grants['streams'], other: Grants['streams']): Grants['streams'] {
  if (one === 'any') return other;
  return other === 'any' ? one : one.filter((streamId) => other.includes(streamId));
}
