import type { RoomkeyErrorName } from '@roomkey/protocol';
import type { Check, OpenedToken } from '#admission';
import type { Bus, Directory, Nodes } from '#cluster';
import type { Clock, Logger, UnixMillis } from '#kernel';
import type { Plane } from '#planes';
import type { IssuerClocks, KeyUse, RulesStore } from '#policy';
import type { RoomHub, RoomMessages, StreamChanges } from '#rooms';
import type { SessionTable } from '#sessions';
import type { LoginRecord } from '#storage';
import type { FailureBuckets } from './failure-buckets.ts';
import type { LocalStreams } from './local-streams.ts';

/** What is kept of one refusal for its owner (AD13). */
export interface RefusalReport {
  readonly at: UnixMillis;
  readonly appId: number;
  readonly verb: string;
  readonly error: RoomkeyErrorName;
  readonly roomId: string;
  readonly userId: string;
  readonly platform: string;
  readonly product: string;
  readonly sdkVersion: string;
  readonly trace: readonly Check[];
  /** Only a token that opened under the policy in force (TK13). */
  readonly token: OpenedToken | undefined;
  /** Usual offset of the issuer of that token, in seconds; positive = ahead (AD14). */
  readonly issuerOffsetSeconds: number | undefined;
}

/** Keeps refusals for their owners; gives out the opaque id (AD13). Never waits. */
export interface RefusalDesk {
  report(refusal: RefusalReport): string;
}

/** A refused stranger, for bounded counters (MG1a). */
export interface StrangerRefused {
  readonly at: UnixMillis;
  readonly appId: number;
  readonly error: RoomkeyErrorName;
  readonly addressKey: string;
}

/** Keeps what happened at the door (MG1). */
export interface LoginBook {
  /** Waits for the row at most 250 ms; afterwards the gap is noted and the login goes on (ST3). */
  record(row: LoginRecord): Promise<void>;
  countRefused(stranger: StrangerRefused): void;
}

/** Writes an owner's act that is not a change of rules. */
export interface ActBook {
  note(entry: {
    readonly actor: string;
    readonly action: string;
    readonly appId: number;
    readonly details: Readonly<Record<string, unknown>>;
  }): Promise<void>;
}

/** Everything the verbs work with; access owns none of it. */
export interface AccessParts {
  readonly clock: Clock;
  /** Decision time: the wall clock with its steps judged (SE3a). */
  readonly now: () => UnixMillis;
  readonly rules: RulesStore;
  readonly keyUse: KeyUse;
  readonly issuerClocks: IssuerClocks;
  readonly directory: Directory;
  readonly bus: Bus;
  readonly nodes: Nodes;
  readonly sessions: SessionTable;
  readonly rooms: RoomHub;
  readonly messages: RoomMessages;
  readonly streamChanges: StreamChanges;
  /** Streams each local session claims or publishes (RM3). */
  readonly streams: LocalStreams;
  readonly failures: FailureBuckets;
  readonly planes: readonly Plane[];
  readonly book: LoginBook;
  readonly refusals: RefusalDesk;
  readonly acts: ActBook;
  readonly logger: Logger;
  /** Hosts a proof may be bound to, lower-case `host:port` as in the Host header (AD2). */
  readonly publicHosts: ReadonlySet<string>;
}
