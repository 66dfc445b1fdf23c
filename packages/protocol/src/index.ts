/**
 * The wire of Roomkey: messages, error table, close codes, what a lapsed session may do, limits, id checks (rules WS,
 * SE4, RM1, AD2, AD4). Pure: no I/O, no clock, no crypto, nothing of Node; a bundler takes only what is used, and
 * only schemas and `parseClientFrame` need TypeBox.
 */
export {
  type AnsweredVerb,
  type EnteredResult,
  type ErrorMessage,
  type OkMessage,
  type RenewedResult,
  type ResultOf,
  type ResumedResult,
  results,
  type WelcomeLimits,
  type WelcomeMessage,
} from './answers.ts';
export { type AppSignProofFields, appSignProofInput, appSignProofLabel } from './app-sign-proof-input.ts';
export {
  alphabets,
  checkRoomId,
  checkStreamId,
  checkUserId,
  checkUserName,
  utf8Length,
} from './check-ids.ts';
export {
  type ChallengeMessage,
  type ClientMessage,
  type ClientVerb,
  clientMessages,
  type HelloMessage,
  type LoginMessage,
  type LogoutMessage,
  type PingMessage,
  type PlaneTicketMessage,
  type PlayMessage,
  type PublishMessage,
  type RenewMessage,
  type ResumeMessage,
  type SendBarrageMessage,
  type SendBroadcastMessage,
  type SendCommandMessage,
  type SetRoomExtraInfoMessage,
  type SetStreamExtraInfoMessage,
  type SnapshotMessage,
  type StopPlayMessage,
  type SwitchRoomMessage,
  type UnpublishMessage,
} from './client-messages.ts';
export {
  type CloseCode,
  type CloseCodeRow,
  type CloseName,
  type ClosePolicy,
  closeCodes,
} from './close-codes.ts';
export {
  type ErrorFacts,
  type ErrorRetry,
  type ErrorSource,
  errorFacts,
  isErrorName,
  type RoomkeyErrorCode,
  type RoomkeyErrorName,
} from './error-facts.ts';
export { type ErrorRow, errorByName, errorTable, findError } from './error-table.ts';
export { type LapsedVerdict, lapsedTable, type SessionAction } from './lapsed-table.ts';
export { limits, messageRates, type RateLimit, refusalRate, sessionRates } from './limits.ts';
export type {
  RoomConfig,
  RoomExtraInfo,
  RoomMessage,
  RoomSnapshot,
  RoomStream,
  RoomUser,
  SessionIds,
  WireGrants,
  WireLease,
  WireTicket,
} from './message-shapes.ts';
export { type FrameFault, type ParsedClientFrame, parseClientFrame } from './parse-client-frame.ts';
export { type ParsedServerFrame, parseServerFrame } from './parse-server-frame.ts';
export type {
  BroadcastEvent,
  RoomExtraInfoUpdate,
  RoomFrame,
  RoomStreamExtraInfoUpdate,
  RoomStreamUpdate,
  RoomUserUpdate,
  WireRoomEvent,
} from './room-events.ts';
export {
  type BarrageMessage,
  type CommandMessage,
  type DrainMessage,
  type KickedMessage,
  type NoticeMessage,
  type PlaneUpdateMessage,
  type RoomOnlineUserCountUpdate,
  type RoomSnapshotMessage,
  type ServerMessage,
  type ServerMessageName,
  serverMessages,
  type TokenExpiredMessage,
  type TokenWillExpireMessage,
} from './server-messages.ts';
export {
  type CredentialMethod,
  credentialMethods,
  type ExpiryMode,
  expiryModes,
  type LoginOutcome,
  loginOutcomes,
  type PlaneName,
  type Platform,
  type Product,
  planes,
  platformOf,
  platforms,
  productOf,
  products,
  protocolVersion,
  type RoomStateReason,
  roomStateReasons,
  type StreamDeleteReason,
  signalPath,
  streamDeleteReasons,
  subprotocol,
  type UpdateType,
  updateTypes,
  versionOf,
} from './vocabulary.ts';
export { asyncApi, type JsonDocument, wireJsonSchema } from './wire-documents.ts';
