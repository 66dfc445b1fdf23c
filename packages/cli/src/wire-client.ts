import { createHmac } from 'node:crypto';
import {
  appSignProofInput,
  type EnteredResult,
  type ErrorMessage,
  parseServerFrame,
  protocolVersion,
  type ServerMessage,
  signalPath,
  subprotocol,
  type WelcomeMessage,
} from '@roomkey/protocol';

/** One login over one connection. */
export interface WireLogin {
  /** `http(s)://host:port`; the connection is ws or wss accordingly. */
  readonly url: string;
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  readonly token?: string;
  /** 64 hexadecimal characters; never sent, only a proof over this connection's challenge is (AD2). */
  readonly appSign?: string;
}

/** What the person is told of a connection, in the order it happens. */
export interface WireEvents {
  onEntered(result: EnteredResult): void;
  onRefused(refusal: ErrorMessage): void;
  /** Everything the server sends after the answer to the login, but for answers to pings. */
  onMessage(message: ServerMessage): void;
}

/** How a connection ended. */
export interface WireEnd {
  /** The close code of WS12; 1006 when there was none. */
  readonly code: number;
  readonly reason: string;
  /** Whether the connection ever stood. */
  readonly connected: boolean;
  readonly entered: boolean;
}

/** A login that runs. */
export interface WireConnection {
  /** Logs out and closes. A second call does no harm. */
  leave(): void;
  readonly ended: Promise<WireEnd>;
}

const helloId = 1;
const loginId = 2;
/** How long a server may take to answer our close. */
const closeWithinMs = 3_000;

/** Dials, says hello, logs in, answers for as long as it lasts; pings as often as the server asks. */
export function startWireLogin(login: WireLogin, events: WireEvents, sdkVersion: string): WireConnection {
  const socket = new WebSocket(`${login.url.replace(/^http/, 'ws')}${signalPath}`, subprotocol);
  let lastId = loginId;
  let connected = false;
  let entered = false;
  let pinging: NodeJS.Timeout | undefined;
  const send = (message: object): void => socket.send(JSON.stringify(message));

  const { promise: ended, resolve } = Promise.withResolvers<WireEnd>();
  const close = (): void => {
    socket.close(1000);
    setTimeout(() => resolve({ code: 1006, reason: '', connected, entered }), closeWithinMs).unref();
  };

  const onFrame = (message: ServerMessage): void => {
    if (message.t === 'welcome') {
      pinging = setInterval(() => send({ t: 'ping', id: ++lastId }), message.limits.pingIntervalMs);
      send(loginMessage(login, message));
    } else if ((message.t === 'ok' || message.t === 'error') && message.id === loginId) {
      entered = message.t === 'ok';
      if (message.t === 'ok') events.onEntered(message as EnteredResult & typeof message);
      else events.onRefused(message);
      if (!entered) close();
    } else if (message.t === 'error' && !entered) {
      events.onRefused(message);
      close();
    } else if (message.t !== 'ok') events.onMessage(message);
  };

  socket.onopen = () => {
    connected = true;
    const said = { product: 'video', platform: 'linux', sdkVersion, sdk: 'roomkey-cli', features: [] };
    send({ t: 'hello', id: helloId, protocol: protocolVersion, ...said });
  };
  socket.onmessage = ({ data }) => {
    const parsed = typeof data === 'string' ? parseServerFrame(data) : undefined;
    if (parsed?.ok === true) onFrame(parsed.message);
  };
  // A close follows; its code says what there is to say.
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }) => {
    clearInterval(pinging);
    resolve({ code, reason, connected, entered });
  };
  return {
    leave() {
      if (socket.readyState === WebSocket.OPEN) {
        if (entered) send({ t: 'logout', id: ++lastId, roomId: login.roomId });
        close();
      } else if (socket.readyState === WebSocket.CONNECTING) socket.close();
    },
    ended,
  };
}

function loginMessage(login: WireLogin, { connectionId, challenge }: WelcomeMessage): object {
  const { appId, roomId, userId, token, appSign, url } = login;
  const binding = {
    host: new URL(url).host,
    connectionId,
    verb: 'login',
    appId,
    roomId,
    userId,
    challenge,
  } as const;
  return {
    t: 'login',
    id: loginId,
    appId,
    roomId,
    user: { userId },
    config: { isUserStatusNotify: true },
    ...(token === undefined ? {} : { token }),
    ...(appSign === undefined ? {} : { appSignProof: proofOf(appSign, appSignProofInput(binding)) }),
  };
}

function proofOf(appSign: string, input: Uint8Array): string {
  return createHmac('sha256', Buffer.from(appSign, 'hex')).update(input).digest('base64');
}
