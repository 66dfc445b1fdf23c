/** The signal protocol's version and the WebSocket subprotocol that names it (WS1). */
export const protocolVersion = 1;

/** The WebSocket subprotocol a client asks for at the upgrade (WS1). */
export const subprotocol = 'roomkey.v1';

/** The path of the signal connection (WS1). */
export const signalPath = '/v1/signal';

/** Every platform that is counted by name; anything else a client says is `unknown` (MG1a). */
export const platforms = [
  'web',
  'ios',
  'android',
  'macos',
  'windows',
  'linux',
  'react-native',
  'uni-app',
  'flutter',
  'electron',
  'unity',
  'mini-program',
  'server',
  'unknown',
] as const;

/** A platform from the closed list. */
export type Platform = (typeof platforms)[number];

/** Every product that is counted by name; anything else a client says is `unknown` (MG1a). */
export const products = [
  'video',
  'voice',
  'live',
  'board',
  'super-board',
  'files',
  'recorder',
  'unknown',
] as const;

/** A product from the closed list. */
export type Product = (typeof products)[number];

/** How a session was admitted: what a lease rests on. */
export const credentialMethods = ['appSign', 'token', 'both'] as const;

/** One way of being admitted. */
export type CredentialMethod = (typeof credentialMethods)[number];

/** The products behind the door. */
export const planes = ['media', 'board', 'files', 'recorder'] as const;

/** A product behind the door. */
export type PlaneName = (typeof planes)[number];

/** How a login ended, for counting: one of three, whatever the code. */
export const loginOutcomes = ['admitted', 'refused', 'failed'] as const;

/** How a login ended. */
export type LoginOutcome = (typeof loginOutcomes)[number];

/** What happens at the end of a lease (AD8): stay and keep running streams, or be removed everywhere. */
export const expiryModes = ['soft', 'hard'] as const;

/** What happens at the end of a lease. */
export type ExpiryMode = (typeof expiryModes)[number];

/** Whether a list grew or shrank. The vendor's native SDKs write 0 and 1, its web SDK `ADD` and `DELETE`. */
export const updateTypes = ['add', 'delete'] as const;

/** Whether a list grew or shrank. */
export type UpdateType = (typeof updateTypes)[number];

/** Why the state of a room changed, with the vendor's numbers (published enum of its room state reasons). */
export const roomStateReasons = {
  logining: 0,
  logined: 1,
  loginFailed: 2,
  reconnecting: 3,
  reconnected: 4,
  reconnectFailed: 5,
  kickOut: 6,
  logout: 7,
  logoutFailed: 8,
} as const;

/** Why the state of a room changed. */
export type RoomStateReason = (typeof roomStateReasons)[keyof typeof roomStateReasons];

/** Why a stream is gone, with the vendor's numbers (published with its stream list callback). */
export const streamDeleteReasons = {
  userStopped: 1,
  heartbeatTimeout: 2,
  loggedInElsewhere: 3,
  kicked: 4,
  connectionLost: 5,
  removedByServer: 6,
} as const;

/** Why a stream is gone. */
export type StreamDeleteReason = (typeof streamDeleteReasons)[keyof typeof streamDeleteReasons];

/** The platform a client named, or `unknown`: a claim, never trusted for a privilege (AD17). */
export function platformOf(said: string): Platform {
  return platforms.find((platform) => platform === said) ?? 'unknown';
}

/** The product a client named, or `unknown`: a claim, never trusted for a privilege (AD17). */
export function productOf(said: string): Product {
  return products.find((product) => product === said) ?? 'unknown';
}

const longestVersion = 32;

/** The version a client named if it is digits and dots (`3.22.0`, at most 32 characters), else `other` (MG1a). */
export function versionOf(said: string): string {
  if (said.length === 0 || said.length > longestVersion) return 'other';
  return /^[0-9]+(?:\.[0-9]+)*$/.test(said) ? said : 'other';
}
