import {
  type HelloMessage,
  limits,
  platformOf,
  productOf,
  protocolVersion,
  sessionRates,
  versionOf,
  type WelcomeMessage,
} from '@roomkey/protocol';
import { answerError } from './answer-error.ts';
import type { SignalConnection } from './signal-connection.ts';
import type { SignalParts } from './signal-parts.ts';

/** Takes down what a client says of itself, as said, and tells it what holds here (WS4). */
export function greet(parts: SignalParts, connection: SignalConnection, hello: HelloMessage): void {
  if (hello.protocol !== protocolVersion) {
    answerError(connection, hello.id, { error: 'protocolUnsupported' });
    connection.end('protocol');
    return;
  }
  connection.hasGreeted = true;
  connection.platform = platformOf(hello.platform);
  connection.product = productOf(hello.product);
  connection.sdkVersion = versionOf(hello.sdkVersion);
  connection.sdk = hello.sdk;
  if (connection.platform === 'web') connection.resumeWindowMs = limits.resumeWindowWebMs;
  connection.stepByMono = parts.clock.monoMs() + limits.loginWithinMs;
  const { frameBytes, roomsPerConnection, pingIntervalMs, deadAfterMs } = limits;
  const { connectionId, resumeWindowMs } = connection;
  const welcome: WelcomeMessage = {
    t: 'welcome',
    id: hello.id,
    connectionId,
    serverTime: Math.floor(parts.wallMs()),
    challenge: connection.nextChallenge(),
    limits: {
      frameBytes,
      roomsPerConnection,
      pingIntervalMs,
      deadAfterMs,
      resumeWindowMs,
      rates: sessionRates,
    },
    features: [],
  };
  connection.send(welcome, 'answer');
}
