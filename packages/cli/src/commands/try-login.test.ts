import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { appSignProofInput, subprotocol } from '@roomkey/protocol';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { makeFolder, runTyped } from '../testing/run-typed.ts';

type Frame = Record<string, unknown>;

/** A signal connection that answers a login with the frames given, then says more and closes. */
async function startFakeSignal(answerLogin: (login: Frame) => readonly Frame[], closeCode = 4000) {
  const frames: Frame[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    path: '/v1/signal',
    handleProtocols: () => subprotocol,
  });
  server.on('connection', (socket) => {
    const send = (frame: Frame): void => socket.send(JSON.stringify(frame));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as Frame;
      frames.push(frame);
      if (frame['t'] === 'hello') {
        send({
          t: 'welcome',
          id: frame['id'],
          connectionId: 'c1',
          serverTime: 0,
          challenge: 'ch',
          limits: { pingIntervalMs: 30_000 },
          features: [],
        });
      }
      if (frame['t'] === 'login') {
        const answers = answerLogin(frame);
        for (const answer of answers) send(answer);
        if (answers.at(-1)?.['t'] === 'kicked') socket.close(closeCode, 'lease ended');
      }
    });
  });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    frames,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const entered = (login: Frame): Frame => ({
  t: 'ok',
  id: login['id'],
  session: { id: 'sess-1', roomSessionId: 'rs' },
  lease: {
    ttlMs: 60_000,
    grants: { login: true, publish: true, streams: 'any', planes: ['media'] },
    method: 'token',
    generation: 1,
  },
  resumeTicket: 'ticket-canary',
  nextChallenge: 'challenge-canary',
  room: { roomId: 'r', seq: 0, streams: [], extraInfo: [], online: 1 },
});

const login = ['try', 'login', '--app', '7', '--room', 'r', '--user', 'u'];

describe('try login', () => {
  it('[AD2] sends a proof over this connection instead of the AppSign, and prints the lease and what follows', async () => {
    await using signal = await startFakeSignal((frame) => [
      entered(frame),
      { t: 'tokenWillExpire', roomId: 'r', remainTimeInSecond: 30, ttlMs: 30_000 },
      { t: 'kicked', roomId: 'r', code: 1002056, name: 'kickedTokenExpired' },
    ]);
    const folder = makeFolder();
    const appSign = '5a'.repeat(32);
    writeFileSync(join(folder, 'sign'), `${appSign}\n`);
    writeFileSync(join(folder, 'token'), 'token-canary\n');
    const files = ['--app-sign-file', join(folder, 'sign'), '--token-file', join(folder, 'token')];
    const answer = await runTyped([...login, '--server', signal.host, ...files]);
    expect(answer.err).toBe('');
    expect(answer.exitCode).toBe(0);
    const [hello, sent] = signal.frames;
    expect(hello).toMatchObject({ t: 'hello', protocol: 1 });
    const binding = {
      host: signal.host,
      connectionId: 'c1',
      verb: 'login',
      appId: 7,
      roomId: 'r',
      userId: 'u',
      challenge: 'ch',
    } as const;
    const proof = createHmac('sha256', Buffer.from(appSign, 'hex'))
      .update(appSignProofInput(binding))
      .digest('base64');
    expect(sent).toMatchObject({ t: 'login', appId: 7, token: 'token-canary', appSignProof: proof });
    expect(JSON.stringify(signal.frames)).not.toContain(appSign);
    for (const said of [
      'admitted',
      'sess-1',
      'tokenWillExpire',
      'remainTimeInSecond=30',
      'kicked',
      '1002056',
      '4000',
    ]) {
      expect(answer.out).toContain(said);
    }
    expect(answer.out).not.toContain('canary');
  });

  it('[AD13] prints code, text and diagnosis of a refusal and the command that explains it; ends with 1', async () => {
    await using signal = await startFakeSignal((frame) => [
      {
        t: 'error',
        id: frame['id'],
        code: 1002067,
        name: 'noToken',
        diagnosis: 'diag-1',
        nextChallenge: 'challenge-canary',
      },
    ]);
    const answer = await runTyped([...login, '--server', signal.host]);
    expect(answer.exitCode).toBe(1);
    expect(answer.out).toContain('noToken (1002067)');
    expect(answer.out).toContain('roomkey why diag-1');
    const json = await runTyped([...login, '--server', signal.host, '--json']);
    expect(json.json()[0]).toEqual({
      event: 'refused',
      code: 1002067,
      name: 'noToken',
      diagnosis: 'diag-1',
      retryAfterMs: null,
    });
    expect(json.json()[1]).toMatchObject({ event: 'ended' });
    expect(answer.out + json.out).not.toContain('canary');
  });

  it('[CLI3] leaves by logging out: at once with --stay 0, and when told to stop', async () => {
    await using signal = await startFakeSignal((frame) => [entered(frame)]);
    const answer = await runTyped([...login, '--server', signal.host, '--stay', '0', '--json']);
    expect(answer.exitCode).toBe(0);
    expect(answer.json().map(({ event }) => event)).toEqual(['entered', 'ended']);
    expect(signal.frames.at(-1)).toMatchObject({ t: 'logout', roomId: 'r' });
    let stop = (): void => {};
    const stopped = await runTyped([...login, '--server', signal.host], {
      stopWith: (given) => {
        stop = given;
      },
      watchOut: (piece) => {
        if (piece.includes('admitted')) stop();
      },
    });
    expect(stopped.exitCode).toBe(0);
  });

  it('[CLI2a] says that nobody answers, and keeps credentials off a network without https', async () => {
    const gone = await startFakeSignal(() => []);
    await gone[Symbol.asyncDispose]();
    const answer = await runTyped([...login, '--server', gone.host]);
    expect(answer.exitCode).toBe(1);
    expect(answer.err).toContain('1002030');
    const clear = await runTyped([...login, '--server', 'http://192.0.2.1:7080']);
    expect([clear.exitCode, clear.err.includes('https')]).toEqual([2, true]);
  });
});
