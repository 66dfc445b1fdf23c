import { createLogger } from '#kernel';
import { FakeClock } from '#testing';
import { ConnectionList } from '../connection-list.ts';
import { FrameEncoder } from '../frame-encoder.ts';
import { SignalConnection } from '../signal-connection.ts';
import type { SignalParts } from '../signal-parts.ts';
import type { SignalSocket } from '../signal-socket.ts';
import { FakeAccess } from './fake-access.ts';

/** A socket whose peer reads as slowly as a test says: `bufferedAmount` is set by hand. */
export class IdleSocket {
  bufferedAmount = 0;
  isPaused = false;
  readonly sent: string[] = [];
  readonly closes: number[] = [];
  isTerminated = false;

  send(bytes: Buffer): void {
    this.sent.push(bytes.toString('utf8'));
  }
  close(code: number): void {
    this.closes.push(code);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }

  /** Names of the frames that were given to the socket. */
  get names(): readonly string[] {
    return this.sent.map((text) => JSON.parse(text).t);
  }
}

/** A connection on such a socket. */
export function idleConnection(): {
  readonly socket: IdleSocket;
  readonly connection: SignalConnection;
  readonly parts: SignalParts;
  readonly access: FakeAccess;
  readonly clock: FakeClock;
} {
  const access = new FakeAccess();
  const clock = new FakeClock();
  const parts: SignalParts = {
    access,
    clock,
    wallMs: () => clock.wallMs(),
    logger: createLogger({ level: 'silent' }),
    encoder: new FrameEncoder(),
    list: new ConnectionList(),
  };
  const socket = new IdleSocket();
  const facts = { addressKey: '127.0.0.1', host: 'localhost', origin: undefined };
  const connection = new SignalConnection(parts, socket as unknown as SignalSocket, facts);
  parts.list.add(connection);
  return { socket, connection, parts, access, clock };
}
