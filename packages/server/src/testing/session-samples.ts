import type { Admitted, VerifiedCredential } from '#admission';
import {
  type Connection,
  createLease,
  type EventSink,
  enterSession,
  type FrameKind,
  type Lease,
  type Present,
} from '#sessions';

/** A sink that writes down what it is given; each entry is the very object, so that sharing can be seen. */
export class RecordingSink implements EventSink {
  readonly frames: { readonly frame: Record<string, unknown>; readonly kind: FrameKind }[] = [];
  closed: string | undefined;

  send(frame: object, kind: FrameKind): void {
    this.frames.push({ frame: frame as Record<string, unknown>, kind });
  }

  close(close: string): void {
    this.closed = close;
  }

  /** The frames with this `t`. */
  framesOf(t: string): Record<string, unknown>[] {
    return this.frames.map(({ frame }) => frame).filter((frame) => frame['t'] === t);
  }
}

/** A connection of a native client, with a sink of its own unless given. */
export function sampleConnection(
  connectionId: string,
  sink: EventSink = new RecordingSink(),
  resumeWindowMs: number = 20 * 60_000,
): Connection {
  return {
    connectionId,
    sink,
    platform: 'android',
    product: 'video',
    sdkVersion: '3.22.0',
    addressKey: '192.0.2.1',
    host: 'localhost:8080',
    resumeWindowMs,
  };
}

/** What a credential said that only tests know. */
export const sampleCredential: VerifiedCredential = { token: { state: 'none' }, appSign: 'none' };

const wallOfSamples = 1_795_488_930_000;

/** A lease of `ttlMs` from `monoNow`: hard, by token, with every right, unless changed. */
export function sampleLease(
  ttlMs: number,
  monoNow: number,
  changes: Partial<Pick<Admitted, 'expiry' | 'method' | 'grants'>> & { generation?: number } = {},
): Lease {
  const { generation = 1, ...rest } = changes;
  const decision: Admitted = {
    allowed: true,
    method: 'token',
    keyId: 'k1',
    grants: { login: true, publish: true, streams: 'any', planes: ['media'] },
    endsAt: wallOfSamples + ttlMs,
    expiry: 'hard',
    fellBack: false,
    capped: false,
    ruleOutcomes: { either: 'admitted', appSignFirst: 'admitted', both: 'noToken' },
    trace: [],
    ...rest,
  };
  return createLease({
    decision,
    credential: sampleCredential,
    generation,
    decidedAt: wallOfSamples,
    monoNow,
  });
}

/** A session that just entered `lobby` of app 7. */
export function sampleSession(sessionId: string, lease: Lease, changes: Partial<Present> = {}): Present {
  return enterSession({
    sessionId,
    roomSessionId: 'life 1',
    appId: 7,
    roomId: 'lobby',
    userId: `user of ${sessionId}`,
    userName: `name of ${sessionId}`,
    connection: sampleConnection(`connection of ${sessionId}`),
    statusNotify: false,
    fence: 1,
    lease,
    enteredAt: wallOfSamples,
    ...changes,
  });
}
