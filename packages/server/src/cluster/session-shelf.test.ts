import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing';
import { InProcessDirectory } from './in-process-directory.ts';
import { SessionShelf } from './session-shelf.ts';

describe('SessionShelf', () => {
  it('[RM1] forgets a room when nobody is in it and nobody can come back', async () => {
    const shelf = new SessionShelf(() => undefined);
    const directory = new InProcessDirectory({ clock: new FakeClock(), shelf, isCurrent: () => true });
    const enter = async (sessionId: string) => {
      const outcome = await directory.enter({
        nodeId: 'a',
        rulesVersion: 1,
        session: {
          appId: 7,
          roomId: 'lobby',
          sessionId,
          userId: sessionId,
          userName: sessionId,
          connectionId: sessionId,
          lease: {
            generation: 1,
            endsAt: 0,
            lapsed: false,
            byToken: true,
            publish: true,
            streams: 'any',
            credential: '',
          },
          statusNotify: false,
          enteredAt: 0,
        },
        resumeTicketHash: sessionId,
        maxMemberCount: 0,
        maxMembersPerRoom: null,
        sameUser: 'kickEarlier',
        mayDisplaceToken: true,
      });
      return { nodeId: 'a', sessionId, fence: outcome.ok ? outcome.fence : 0 };
    };
    const rooms = () => [...shelf.roomsOf(7)].length;
    const [one, two] = [await enter('s1'), await enter('s2')];
    await directory.leave({ ...one, reason: 1 });
    await directory.present({ ...two, state: 'absent' });
    expect([rooms(), await directory.online({ appId: 7, roomId: 'lobby' })]).toEqual([1, 0]);
    await directory.leave({ ...two, reason: 2 });
    expect(rooms()).toBe(0);
    expect(shelf.sessionsOfUser(7, 's1')).toEqual([]);
  });
});
