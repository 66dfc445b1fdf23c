/**
 * rooms: what happens in a room, brought to the sessions of this node.
 *
 * Owns the local fan-out (`RoomHub`: one watch per room, frames that cover its numbers without a gap), the views of a
 * room that answers carry, what sessions say to their room (`RoomMessages`) with its limits, and the pace at which
 * stream changes are shown. Members, streams and numbers themselves are the directory's. It never admits anybody and
 * never closes a socket. Rules that live here: RM2, RM4, RM6, WS7 (what was missed), WS15 (stream changes).
 */
export {
  checkMessage,
  checkRoomExtraInfo,
  type MessageKind,
  MessageLimits,
  type MessageRefusal,
} from './message-limits.ts';
export { RoomHub, type RoomHubOptions, type Seat } from './room-hub.ts';
export { RoomMessages, type RoomMessagesOptions, type SendOutcome } from './room-messages.ts';
export { type MissedRoom, type Viewer, viewRoom } from './room-view.ts';
export { type StreamChange, StreamChanges } from './stream-changes.ts';
