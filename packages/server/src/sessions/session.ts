import type {
  CloseName,
  CredentialMethod,
  ExpiryMode,
  Platform,
  Product,
  RoomkeyErrorName,
  StreamDeleteReason,
} from '@roomkey/protocol';
import type { Grants, VerifiedCredential } from '#admission';
import type { Fence } from '#cluster';
import type { MonoMillis, UnixMillis } from '#kernel';

/** A session's right to act (SE2). Immutable: a renewal makes a new one with a higher generation. */
export interface Lease {
  readonly generation: number;
  readonly method: CredentialMethod;
  readonly grants: Grants;
  readonly expiry: ExpiryMode;
  /** For people and records; the end itself is `endsAtMono` (SE3a). */
  readonly endsAt: UnixMillis;
  readonly endsAtMono: MonoMillis;
  /** When a soft lease lapsed; undefined while it is live (SE4). */
  readonly lapsedAtMono: MonoMillis | undefined;
  /** When a lapsed lease ends for good; undefined = until the session leaves (SE4). */
  readonly lapsedUntilMono: MonoMillis | undefined;
  /** The length it was granted for, for `renewAfterMs` (SE8). */
  readonly grantedMs: number;
  /** From this it can be judged again under today's rules (SE10). */
  readonly credential: VerifiedCredential;
}

/** Why a session ended. The name decides code, close code and stream reason, in one table. */
export type EndCause =
  | { readonly cause: 'logout' }
  | { readonly cause: 'switchRoom' }
  | { readonly cause: 'leaseEnded' }
  | { readonly cause: 'lapsedTooLong' }
  | { readonly cause: 'appSignEnded' }
  | { readonly cause: 'displaced' }
  | { readonly cause: 'kicked'; readonly reason?: string }
  | { readonly cause: 'revoked'; readonly revocationId?: string }
  | { readonly cause: 'rules'; readonly error: RoomkeyErrorName }
  | { readonly cause: 'timeout' }
  | { readonly cause: 'resumeTicketReused' }
  | { readonly cause: 'draining' }
  | { readonly cause: 'internal' };

/** What a cause of an end means on the wire: code of the `kicked` event (none = not said), close, stream reason. */
export interface EndMeaning {
  readonly kicked: RoomkeyErrorName | undefined;
  readonly close: CloseName;
  readonly streams: StreamDeleteReason;
}

/** A frame's weight under back-pressure (WS11): barrage is dropped first, presence merged, the rest closes the socket. */
export type FrameKind = 'answer' | 'event' | 'presence' | 'barrage';

/** Where frames of one connection go; implemented by the socket (WS11). Never blocks, never throws. */
export interface EventSink {
  send(frame: object, kind: FrameKind): void;
  close(close: CloseName): void;
}

/** One socket and what its hello said (SE1). It carries up to five sessions (RM5). */
export interface Connection {
  readonly connectionId: string;
  readonly sink: EventSink;
  readonly platform: Platform;
  readonly product: Product;
  readonly sdkVersion: string;
  /** The name of the client's SDK as it said it: a claim, for counting only (AD6, AD17). */
  readonly sdk?: string;
  /** Bucket key of the client's address: the address, or the /64 for IPv6 (WS2). */
  readonly addressKey: string;
  /** Host dialled, for the proof (AD2). */
  readonly host: string;
  /** 5 min for web, 20 min else (SE7). */
  readonly resumeWindowMs: number;
}

interface SessionBase {
  readonly sessionId: string;
  readonly roomSessionId: string;
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  readonly userName: string;
  readonly platform: Platform;
  readonly product: Product;
  readonly sdkVersion: string;
  readonly addressKey: string;
  readonly resumeWindowMs: number;
  readonly statusNotify: boolean;
  readonly fence: Fence;
  readonly lease: Lease;
  readonly enteredAt: UnixMillis;
  /** 0 = none sent, 1 = 30 s warning sent, 2 = 10 s warning sent, for this generation (SE3). */
  readonly warned: 0 | 1 | 2;
  /** AppSign sessions that must end by a change of rules: when (AD5 endWithin, AD11 margin); undefined = not. */
  readonly endByMono: { readonly at: MonoMillis; readonly cause: EndCause } | undefined;
}

/** In the room with a socket. */
export interface Present extends SessionBase {
  readonly state: 'present';
  readonly connection: Connection;
}

/** Socket lost, still a member, until 100 s after the last frame seen (SE1). Commands are kept (WS7). */
export interface Detached extends SessionBase {
  readonly state: 'detached';
  readonly connectionId: string;
  readonly lostAtMono: MonoMillis;
  readonly absentAtMono: MonoMillis;
  readonly forgetAtMono: MonoMillis;
}

/** The room has seen the leave, media ended; only resume or end remain (SE1). */
export interface Absent extends SessionBase {
  readonly state: 'absent';
  readonly connectionId: string;
  readonly forgetAtMono: MonoMillis;
}

/** Ended; nothing can be done with it. */
export interface Gone extends SessionBase {
  readonly state: 'gone';
  readonly cause: EndCause;
}

/** One user in one room over one connection, by its state (SE1). `entering` is a login that has not been answered yet and lives only inside that call. */
export type Session = Present | Detached | Absent | Gone;

/** A session that has not ended. */
export type LiveSession = Present | Detached | Absent;

/** What is due next for a session (SE3). One per session; pure. */
export interface Deadline {
  readonly at: MonoMillis;
  readonly kind: 'warn' | 'lastWarn' | 'lapse' | 'end' | 'absent' | 'forget';
}
