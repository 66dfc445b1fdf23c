import type { RoomSnapshot, RoomUser, RoomUserUpdate, WireRoomEvent } from '@roomkey/protocol';
import type { RoomEvent, RoomSince, RoomState } from '#cluster';

/** Who looks at a room: own events are left out, members are shown only to those who asked (RM2). */
export interface Viewer {
  readonly sessionId: string;
  readonly userId: string;
  readonly statusNotify: boolean;
}

/** What a client that comes back has missed: events, or the room as it is where the ring no longer reaches (WS7). */
export type MissedRoom =
  | { readonly kind: 'events'; readonly from: number; readonly to: number; readonly events: WireRoomEvent[] }
  | { readonly kind: 'snapshot'; readonly to: number; readonly snapshot: RoomSnapshot };

/** Whether an event says only who came or went. */
export function isPresence(event: RoomEvent): boolean {
  return event.event.t === 'roomUserUpdate';
}

/** What the viewer gets of these events: in order, memberships that follow one another merged (WS11). Pure. */
export function viewEvents(events: readonly RoomEvent[], viewer: Viewer): WireRoomEvent[] {
  const shown: WireRoomEvent[] = [];
  let run: RoomUserUpdate[] = [];
  for (const { event, bySessionId } of events) {
    if (bySessionId === viewer.sessionId) continue;
    if (event.t === 'roomUserUpdate') {
      if (viewer.statusNotify) run.push(event);
      continue;
    }
    shown.push(...mergePresence(run), event);
    run = [];
  }
  return [...shown, ...mergePresence(run)];
}

/** The room as the viewer sees it at this state (WS7): the others in it, if it asked for them. Pure. */
export function viewRoom(roomId: string, state: RoomState, viewer: Viewer): RoomSnapshot {
  const others = (): RoomUser[] => state.members.filter((user) => user.userId !== viewer.userId);
  return {
    roomId,
    seq: state.seq,
    ...(viewer.statusNotify ? { members: others() } : {}),
    streams: [...state.streams],
    extraInfo: [...state.extraInfo],
    online: state.online,
  };
}

/** What the viewer has missed; undefined when the room is gone. Pure. */
export function viewMissed(roomId: string, since: RoomSince, viewer: Viewer): MissedRoom | undefined {
  switch (since.kind) {
    case 'events':
      return { kind: 'events', from: since.from, to: since.to, events: viewEvents(since.events, viewer) };
    case 'snapshot':
      return { kind: 'snapshot', to: since.room.seq, snapshot: viewRoom(roomId, since.room, viewer) };
    case 'gone':
      return undefined;
  }
}

interface Change {
  readonly first: 'add' | 'delete';
  last: 'add' | 'delete';
  user: RoomUser;
}

/** Who came and went within the run is not mentioned; who went and came is, as both. */
function mergePresence(run: readonly RoomUserUpdate[]): RoomUserUpdate[] {
  if (run.length <= 1) return [...run];
  const changes = new Map<string, Change>();
  for (const { updateType, users } of run) {
    for (const user of users) {
      const change = changes.get(user.userId);
      if (change === undefined) changes.set(user.userId, { first: updateType, last: updateType, user });
      else Object.assign(change, { last: updateType, user });
    }
  }
  const all = [...changes.values()];
  const gone = all.filter(({ first }) => first === 'delete').map(({ user }) => user);
  const come = all.filter(({ last }) => last === 'add').map(({ user }) => user);
  const merged: RoomUserUpdate[] = [];
  if (gone.length > 0) merged.push({ t: 'roomUserUpdate', updateType: 'delete', users: gone });
  if (come.length > 0) merged.push({ t: 'roomUserUpdate', updateType: 'add', users: come });
  return merged;
}
