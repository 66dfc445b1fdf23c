import { expect, test } from 'vitest';
import { limits, messageRates, refusalRate, sessionRates } from './limits.ts';

test('[WS1] frames are at most 16 KiB and eight deep', () => {
  expect(limits).toMatchObject({ frameBytes: 16384, jsonDepth: 8 });
});

test('[WS2] hello in 5 s, login in 10 s, three refused logins, 200 unadmitted sockets per address', () => {
  expect(limits).toMatchObject({
    helloWithinMs: 5000,
    loginWithinMs: 10_000,
    refusedLoginsPerConnection: 3,
    unadmittedPerAddress: 200,
    unadmittedQueueBytes: 16384,
  });
});

test('[WS3] five bad frames in a row close the socket', () => {
  expect(limits.badFramesInARow).toBe(5);
});

test('[WS7] the ring keeps 256 events or 64 KiB, a detached session 64 commands or 16 KiB', () => {
  expect(limits).toMatchObject({
    roomRingEvents: 256,
    roomRingBytes: 65536,
    keptCommands: 64,
    keptCommandBytes: 16384,
  });
});

test('[WS11] a socket may owe 1 MiB', () => {
  expect(limits.sendBudgetBytes).toBe(1_048_576);
});

test('[WS15] the buckets of a session', () => {
  expect(sessionRates).toEqual({
    renew: { count: 6, perMs: 60_000 },
    publish: { count: 10, perMs: 10_000 },
    play: { count: 30, perMs: 10_000 },
    planeTicket: { count: 10, perMs: 60_000 },
    snapshot: { count: 6, perMs: 60_000 },
    switchRoom: { count: 10, perMs: 60_000 },
    ping: { count: 1, perMs: 1000 },
  });
});

test('[SE3] warnings at 30 s and 10 s', () => {
  expect(limits).toMatchObject({ warnBeforeEndMs: 30_000, lastWarnBeforeEndMs: 10_000 });
});

test('[SE7] heartbeat 30 s, dead after 100 s, resume for 20 min natively and 5 min on the web', () => {
  expect(limits).toMatchObject({
    pingIntervalMs: 30_000,
    deadAfterMs: 100_000,
    resumeWindowNativeMs: 1_200_000,
    resumeWindowWebMs: 300_000,
  });
});

test('[RM4] messages of 1 KB at the published rates', () => {
  expect(limits).toMatchObject({ messageMaxBytes: 1024, commandMaxBytes: 1024, roomExtraInfoKeys: 1 });
  expect(messageRates).toMatchObject({
    broadcastPerRoom: { count: 10, perMs: 1000 },
    broadcastPerUser: { count: 2, perMs: 1000 },
    barragePerRoom: { count: 20, perMs: 1000 },
    commandToOne: { count: 200, perMs: 1000 },
    commandToMany: { count: 10, perMs: 1000 },
  });
});

test('[RM5] five rooms on one connection', () => {
  expect(limits.roomsPerConnection).toBe(5);
});

test('[RM6] one presence frame in 250 ms, the first 500 members, a count every 30 s', () => {
  expect(limits).toMatchObject({
    presenceFrameIntervalMs: 250,
    listedMembers: 500,
    onlineCountIntervalMs: 30_000,
  });
});

test('[AD10] five refusals a minute for a session', () => {
  expect(refusalRate).toEqual({ count: 5, perMs: 60_000 });
});
