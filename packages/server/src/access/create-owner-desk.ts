import { RoomkeyError } from '#kernel';
import type { AppRules, RulesEdit } from '#policy';
import type { LiveSession } from '#sessions';
import { changeRules, previewRules } from './apply-rules-everywhere.ts';
import { endSession } from './end-session.ts';
import type { OwnerDesk, SessionInfo, SessionSelection } from './owner-desk.ts';
import type { AccessParts } from './parts.ts';
import { sessionInfoOf } from './session-info.ts';

/** What the desk stands on: `imagine` makes the rules an edit would lead to, without keeping them. */
export interface OwnerDeskParts {
  readonly parts: AccessParts;
  readonly imagine: (rules: AppRules, edit: RulesEdit) => AppRules;
}

/** The owner's desk over the sessions and rules of this node. */
export function createOwnerDesk({ parts, imagine }: OwnerDeskParts): OwnerDesk {
  return {
    sessions(appId, selection, limit) {
      const all = select(parts, appId, selection).toReversed();
      return { total: all.length, sessions: all.slice(0, limit).map(sessionInfoOf) };
    },
    tokenDigestOf(appId, sessionId) {
      const session = parts.sessions.find(sessionId);
      const token = session?.appId === appId ? session.lease.credential.token : undefined;
      return token?.state === 'opened' ? token.token.digest : undefined;
    },
    preview(appId, edit) {
      const rules = parts.rules.find(appId);
      if (rules === undefined) throw new RoomkeyError('notFound');
      return previewRules(parts, imagine(rules, edit), edit);
    },
    change: (appId, ifVersion, by, edit) => changeRules(parts, { appId, ifVersion, by, edit }),
    async kick(appId, selection, by) {
      const isEmpty = Object.values(selection).every((value) => value === undefined);
      if (isEmpty) throw new RoomkeyError('validation', { details: ['name a session, a user or a room'] });
      const ended: SessionInfo[] = [];
      for (const session of select(parts, appId, selection)) {
        const gone = await endSession(parts, session.sessionId, { cause: 'kicked' });
        if (gone !== undefined) ended.push(sessionInfoOf(session));
      }
      const details = { ...selection, ended: ended.length, ...(by.why === undefined ? {} : { why: by.why }) };
      await parts.acts.note({ actor: by.name, action: 'sessions.kick', appId, details });
      return ended;
    },
    counts() {
      const counts = new Map<string, { appId: number; method: string; sessions: number }>();
      for (const { appId, lease } of parts.sessions.all()) {
        const key = `${appId} ${lease.method}`;
        const row = counts.get(key) ?? { appId, method: lease.method, sessions: 0 };
        row.sessions += 1;
        counts.set(key, row);
      }
      return [...counts.values()];
    },
  };
}

function select(parts: AccessParts, appId: number, selection: SessionSelection): readonly LiveSession[] {
  const { sessionId, userId, roomId } = selection;
  return startOf(parts, appId, selection).filter(
    (session) =>
      session.appId === appId &&
      (sessionId === undefined || session.sessionId === sessionId) &&
      (userId === undefined || session.userId === userId) &&
      (roomId === undefined || session.roomId === roomId),
  );
}

/** The narrowest index that holds them all. */
function startOf(parts: AccessParts, appId: number, selection: SessionSelection): readonly LiveSession[] {
  const { sessionId, userId, roomId } = selection;
  if (sessionId !== undefined) {
    const session = parts.sessions.find(sessionId);
    return session === undefined ? [] : [session];
  }
  if (userId !== undefined) return parts.sessions.ofUser(appId, userId);
  return roomId === undefined ? parts.sessions.ofApp(appId) : parts.sessions.ofRoom(appId, roomId);
}
