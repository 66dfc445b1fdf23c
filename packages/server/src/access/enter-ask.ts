import {
  checkRoomId,
  checkUserId,
  checkUserName,
  type LoginMessage,
  type RoomkeyErrorName,
  type SwitchRoomMessage,
} from '@roomkey/protocol';
import type { LoginFacts } from '#policy';
import type { Connection, Present } from '#sessions';
import type { CredentialContext } from './access.ts';

/** What a login or a switch of rooms asks for. */
export interface EnterAsk {
  readonly verb: 'login' | 'switchRoom';
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  readonly userName: string;
  readonly credential: { readonly token?: string; readonly appSignProof?: string };
  readonly maxMemberCount: number;
  readonly statusNotify: boolean;
  readonly context: CredentialContext;
  /** The session that this one takes the place of; it stands until the new one is in. */
  readonly replacing?: Present;
}

/** A login as asked for: a missing user name is the user id (RM1). */
export function askOfLogin(message: LoginMessage, context: CredentialContext): EnterAsk {
  const { userId, userName } = message.user;
  return {
    verb: 'login',
    appId: message.appId,
    roomId: message.roomId,
    userId,
    userName: userName === undefined || userName === '' ? userId : userName,
    ...askOfBoth(message, context),
  };
}

/** The same user in another room. */
export function askOfSwitch(message: SwitchRoomMessage, from: Present, context: CredentialContext): EnterAsk {
  const { appId, userId, userName } = from;
  const ask = { verb: 'switchRoom' as const, appId, roomId: message.toRoomId, userId, userName };
  return { ...ask, ...askOfBoth(message, context), replacing: from };
}

function askOfBoth(message: LoginMessage | SwitchRoomMessage, context: CredentialContext) {
  const { token, appSignProof, config } = message;
  return {
    credential: {
      ...(token === undefined || token === '' ? {} : { token }),
      ...(appSignProof === undefined || appSignProof === '' ? {} : { appSignProof }),
    },
    maxMemberCount: config?.maxMemberCount ?? 0,
    statusNotify: config?.isUserStatusNotify ?? false,
    context,
  };
}

/** What is wrong with the ids of a login, before anything else is looked at (RM1). */
export function findIdFault(ask: EnterAsk): RoomkeyErrorName | undefined {
  if (ask.appId === 0) return 'appIdZero';
  return checkRoomId(ask.roomId) ?? checkUserId(ask.userId) ?? checkUserName(ask.userName);
}

/** What is known of a login beside its credential. */
export function factsOf(
  connection: Connection,
  ask: { readonly appId: number; readonly roomId: string; readonly userId: string },
): LoginFacts {
  const { platform, product, sdkVersion, sdk = '', connectionId } = connection;
  const { appId, roomId, userId } = ask;
  return { appId, roomId, userId, platform, product, sdkVersion, sdk, connectionId };
}
