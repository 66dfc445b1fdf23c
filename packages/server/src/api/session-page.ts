import type { OwnerDesk, SessionInfo, SessionSelection } from '#access';
import type { AppId } from '#apps';
import { type CursorValue, cutPage, type Page, readCursor } from './page-cursor.ts';

/** Which sessions, and where their page begins. */
export interface SessionPageQuery {
  readonly appId: AppId;
  readonly selection: SessionSelection;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** One page of running sessions, newest first. They come and go between pages: none that stays is left out. */
export function pageOfSessions(
  desk: OwnerDesk,
  { appId, selection, limit, cursor }: SessionPageQuery,
): Page<SessionInfo> & { readonly total: number } {
  const [enteredAt, sessionId, seen] =
    cursor === undefined ? [] : readCursor(cursor, ['number', 'string', 'number']);
  for (let asked = Math.max(0, Number(seen ?? 0)) + limit + 1; ; asked *= 2) {
    const { total, sessions } = desk.sessions(appId, selection, asked);
    const at = cursor === undefined ? 0 : startAfter(sessions, Number(enteredAt), String(sessionId));
    const left = sessions.slice(at);
    // Newer ones have pushed this page back: ask for more, unless that was all.
    if (left.length <= limit && asked < total) continue;
    const after = (last: SessionInfo): CursorValue => [last.enteredAt, last.sessionId, at + limit];
    return { ...cutPage(left, limit, after), total };
  }
}

/** Where the page goes on after a session; after one that is gone, with what is as old as it was. */
function startAfter(sessions: readonly SessionInfo[], enteredAt: number, sessionId: string): number {
  const at = sessions.findIndex((each) => each.sessionId === sessionId);
  if (at >= 0) return at + 1;
  const older = sessions.findIndex((each) => each.enteredAt <= enteredAt);
  return older >= 0 ? older : sessions.length;
}
