import { describe, expect, it } from 'vitest';
import { FakeClock, sampleConnection, sampleLease, sampleSession } from '#testing';
import type { Deadline } from './session.ts';
import { SessionTable } from './session-table.ts';
import { attachSocket, becomeAbsent, endSession, lapseLease, loseSocket, renewLease } from './transitions.ts';

function filled() {
  const clock = new FakeClock();
  const due: string[] = [];
  let onDue: (sessionId: string, kind: Deadline['kind']) => void = () => undefined;
  const table = new SessionTable({
    clock,
    onDue: ({ sessionId }, kind) => {
      due.push(`${sessionId} ${kind}`);
      onDue(sessionId, kind);
    },
  });
  const enter = (sessionId: string, ttlMs = 600_000, changes: Parameters<typeof sampleSession>[2] = {}) =>
    table.add(sampleSession(sessionId, sampleLease(ttlMs, clock.monoMs()), changes));
  return {
    clock,
    table,
    due,
    enter,
    whenDue: (next: typeof onDue) => {
      onDue = next;
    },
  };
}

const command = (text: string) =>
  ({
    t: 'command',
    roomId: 'lobby',
    fromUser: { userId: 'u', userName: 'u' },
    command: text,
    sendTime: 1,
  }) as const;

describe('SessionTable', () => {
  it('[SE1] finds sessions by id, app, user, room and connection until they are gone', () => {
    const { table, enter } = filled();
    enter('s1', 600_000, { userId: 'ann', connection: sampleConnection('c1') });
    enter('s2', 600_000, { userId: 'ann', roomId: 'annex', connection: sampleConnection('c1') });
    enter('s3', 600_000, { appId: 8 });
    const ids = (sessions: readonly { sessionId: string }[]) => sessions.map(({ sessionId }) => sessionId);
    expect([table.size, table.countOfApp(7), table.countOfApp(9)]).toEqual([3, 2, 0]);
    expect(ids(table.ofApp(7))).toEqual(['s1', 's2']);
    expect(ids(table.ofUser(7, 'ann'))).toEqual(['s1', 's2']);
    expect(ids(table.ofRoom(7, 'lobby'))).toEqual(['s1']);
    expect(ids(table.ofRoom(8, 'lobby'))).toEqual(['s3']);
    expect(ids(table.ofConnection('c1'))).toEqual(['s1', 's2']);
    const gone = table.update('s1', (session) => endSession(session, { cause: 'logout' }));
    expect(gone?.state).toBe('gone');
    expect(ids(table.ofConnection('c1'))).toEqual(['s2']);
    expect(table.find('s1')).toBeUndefined();
    expect(table.update('s1', (session) => endSession(session, { cause: 'logout' }))).toBeUndefined();
    table.forget('s2');
    expect([table.ofUser(7, 'ann'), ids([...table.all()])]).toEqual([[], ['s3']]);
    expect(() => enter('s3')).toThrow(TypeError);
  });

  it('[SE7] a session that attaches is found under its new connection', () => {
    const { table, enter } = filled();
    enter('s1', 600_000, { connection: sampleConnection('old') });
    table.update('s1', (session) => (session.state === 'present' ? loseSocket(session, 0, 0) : session));
    expect(table.ofConnection('old')).toHaveLength(1);
    table.update('s1', (session) =>
      attachSocket(session, { connection: sampleConnection('new'), fence: 5, roomSessionId: 'life 1' }),
    );
    expect([table.ofConnection('old').length, table.ofConnection('new').length]).toEqual([0, 1]);
  });

  it('[SE3] one timer for all: each is warned twice, once for each generation, then its end is due', async () => {
    const { clock, table, due, enter, whenDue } = filled();
    for (let n = 0; n < 100; n++) enter(`s${n}`);
    expect(clock.timers).toBe(1);
    whenDue((sessionId, kind) => {
      if (kind === 'end') table.update(sessionId, (session) => endSession(session, { cause: 'leaseEnded' }));
    });
    await clock.advance(570_000);
    expect(due).toHaveLength(100);
    table.update('s0', (session) =>
      renewLease(session, sampleLease(600_000, clock.monoMs(), { generation: 2 })),
    );
    await clock.advance(30_000);
    expect(due.filter((text) => text.endsWith('end'))).toHaveLength(99);
    expect([table.size, due.filter((text) => text.startsWith('s0 '))]).toEqual([1, ['s0 warn']]);
    await clock.advance(570_000);
    expect(due.filter((text) => text.startsWith('s0 '))).toEqual([
      's0 warn',
      's0 warn',
      's0 lastWarn',
      's0 end',
    ]);
    expect(table.size).toBe(0);
  });

  it('[SE3] waits 30 days and 15 years', async () => {
    const { clock, due, enter, whenDue, table } = filled();
    const dayMs = 24 * 3_600_000;
    enter('month', 30 * dayMs);
    enter('years', 15 * 365 * dayMs);
    whenDue((sessionId, kind) => {
      if (kind === 'end') table.update(sessionId, (session) => endSession(session, { cause: 'leaseEnded' }));
    });
    await clock.advance(30 * dayMs - 1);
    expect(due).toEqual(['month warn', 'month lastWarn']);
    await clock.advance(15 * 365 * dayMs);
    expect(due.slice(2)).toEqual(['month end', 'years warn', 'years lastWarn', 'years end']);
  });

  it('[SE3a] steps of the wall clock move no end', async () => {
    const { clock, due, enter } = filled();
    enter('s1');
    clock.stepWall(6 * 60_000);
    await clock.advance(569_999);
    expect(due).toEqual([]);
    clock.stepWall(-60 * 60_000);
    await clock.advance(1);
    expect(due).toEqual(['s1 warn']);
  });

  it('[SE4] an end that was not carried out is asked for again every second', async () => {
    const { clock, table, due, enter, whenDue } = filled();
    enter('s1');
    await clock.advance(602_000);
    expect(due.slice(2)).toEqual(['s1 end', 's1 end', 's1 end']);
    whenDue((sessionId) =>
      table.update(sessionId, (session) => endSession(session, { cause: 'leaseEnded' })),
    );
    await clock.advance(5_000);
    expect(due).toHaveLength(6);
  });

  it('[SE1] lost, absent, forgotten: each is due in its turn', async () => {
    const { clock, table, due, enter, whenDue } = filled();
    enter('s1', 24 * 3_600_000);
    whenDue((sessionId, kind) => {
      table.update(sessionId, (session) =>
        session.state === 'detached' ? becomeAbsent(session) : endSession(session, { cause: 'timeout' }),
      );
      expect(['absent', 'forget']).toContain(kind);
    });
    const now = clock.monoMs();
    table.update('s1', (session) => (session.state === 'present' ? loseSocket(session, now, now) : session));
    await clock.advance(99_999);
    expect(due).toEqual([]);
    await clock.advance(1);
    expect(due).toEqual(['s1 absent']);
    await clock.advance(20 * 60_000 - 100_000);
    expect(due).toEqual(['s1 absent', 's1 forget']);
    expect([table.size, clock.timers]).toEqual([0, 0]);
  });

  it('[SE2] refuses a transition that takes the generation back or swaps the session', () => {
    const { table, enter } = filled();
    enter('s1');
    table.update('s1', (session) => lapseLease(session, 1, null));
    expect(() => table.update('s1', (session) => ({ ...session, lease: sampleLease(1, 0) }))).toThrow(
      TypeError,
    );
    expect(() => table.update('s1', () => sampleSession('s2', sampleLease(1, 0)))).toThrow(TypeError);
  });

  it('[WS7] keeps commands for a detached session only: at most 64 or 16 KiB, and counts the overflow', () => {
    const { table, enter } = filled();
    for (const sessionId of ['s1', 's2']) enter(sessionId);
    expect(table.keepCommand('s1', command('x'))).toBe(false);
    for (const sessionId of ['s1', 's2']) {
      table.update(sessionId, (session) =>
        session.state === 'present' ? loseSocket(session, 0, 0) : session,
      );
    }
    for (let n = 0; n < 70; n++) expect(table.keepCommand('s1', command(`${n}`))).toBe(true);
    const kept = table.takeKept('s1');
    expect([kept.commands.length, kept.lost]).toEqual([64, 6]);
    expect(kept.commands.map((one) => one.command)).toEqual(Array.from({ length: 64 }, (_, n) => `${n}`));
    expect(table.takeKept('s1')).toEqual({ commands: [], lost: 0 });
    for (let n = 0; n < 20; n++) table.keepCommand('s2', command('é'.repeat(500)));
    table.keepCommand('s2', command('small'));
    const large = table.takeKept('s2');
    expect(Buffer.byteLength(JSON.stringify(large.commands))).toBeLessThanOrEqual(16 * 1024 + 64);
    expect(large.commands.length + large.lost).toBe(21);
    expect(large.commands.at(-1)?.command).not.toBe('small');
  });
});
