import type { Diagnoses } from '#audit';
import type { Bus, Directory, Nodes } from '#cluster';
import type { Clock, Logger, UnixMillis } from '#kernel';
import type { LoginBook } from '#migration';
import type { Plane } from '#planes';
import type { IssuerClocks, KeyUse, RulesStore } from '#policy';
import type { RoomHub, RoomMessages, StreamChanges } from '#rooms';
import type { EndCause, SessionTable } from '#sessions';
import type { FailureBuckets } from './failure-buckets.ts';
import type { LocalStreams } from './local-streams.ts';

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
  /** Logins that are in and not answered yet, with what ended them meanwhile: the answer says it, once (WS3). */
  readonly answering: Map<string, EndCause | undefined>;
  readonly planes: readonly Plane[];
  /** Keeps what happened at the door (MG1, ST3). */
  readonly book: Pick<LoginBook, 'record' | 'countRefused'>;
  /** Keeps refusals for their owners and gives out the opaque ids (AD13). */
  readonly refusals: Pick<Diagnoses, 'report'>;
  readonly acts: ActBook;
  readonly logger: Logger;
  /** Hosts a proof may be bound to, lower-case `host:port` as in the Host header (AD2). */
  readonly publicHosts: ReadonlySet<string>;
}
