import type {
  RoomKey,
  RoomSince,
  RoomState,
  SessionQuery,
  SessionRecord,
  StreamRecord,
} from './directory.ts';
import type { SessionShelf } from './session-shelf.ts';

/** The verbs of the directory that change nothing. */
export class DirectoryReads {
  protected readonly shelf: SessionShelf;

  constructor(shelf: SessionShelf) {
    this.shelf = shelf;
  }

  async online(key: RoomKey): Promise<number> {
    return this.shelf.findRoom(key)?.online ?? 0;
  }

  async snapshot(key: RoomKey): Promise<RoomState | undefined> {
    const room = this.shelf.findRoom(key);
    return room === undefined || room.online === 0 ? undefined : room.state();
  }

  async since(key: RoomKey, seq: number): Promise<RoomSince> {
    const room = this.shelf.findRoom(key);
    return room === undefined || room.online === 0 ? { kind: 'gone' } : room.since(seq);
  }

  async find(query: SessionQuery, limit = 1000): Promise<readonly SessionRecord[]> {
    const found: SessionRecord[] = [];
    for (const { record } of this.shelf.match(query)) {
      if (found.length >= limit) break;
      found.push(record);
    }
    return found;
  }

  async streams(query: RoomKey | { readonly sessionId: string }): Promise<readonly StreamRecord[]> {
    if ('sessionId' in query) return this.shelf.findSession(query.sessionId)?.streams ?? [];
    return this.shelf.findRoom(query)?.streams() ?? [];
  }

  async rooms(
    appId: number,
    limit = 1000,
  ): Promise<readonly { readonly roomId: string; readonly online: number }[]> {
    const listed: { roomId: string; online: number }[] = [];
    for (const { key, online } of this.shelf.roomsOf(appId)) {
      if (listed.length >= limit) break;
      if (online > 0) listed.push({ roomId: key.roomId, online });
    }
    return listed;
  }
}
