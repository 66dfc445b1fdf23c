import type { PlaneName, RoomkeyErrorName, WireTicket } from '@roomkey/protocol';
import type { EndCause, Lease } from '#sessions';

/** A session as a plane needs it. */
export interface SessionRef {
  readonly sessionId: string;
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
}

/** What a ticket is for (PL2). */
export type TicketPurpose =
  | { readonly kind: 'publish'; readonly streamId: string }
  | { readonly kind: 'play'; readonly streamId: string }
  | { readonly kind: 'plane'; readonly plane: PlaneName };

/** SHA-256 of a ticket in hex: tickets are stored only so (PL2). */
export type TicketHash = string;

/** A dial that may go on. */
export interface DialGrant {
  readonly ok: true;
  readonly session: SessionRef;
  readonly purpose: TicketPurpose;
  readonly leaseGeneration: number;
}

/** A dial that may not; `again` = temporary (ME7). */
export interface DialRefusal {
  readonly ok: false;
  readonly error: RoomkeyErrorName;
  readonly again: boolean;
}

/** A product behind the door whose use ends when the lease ends (PL1). It keeps no clock and no policy. */
export interface Plane {
  readonly name: PlaneName;
  /** A ticket for one connection of this session; null when the session needs none (its player is dialled). */
  open(session: SessionRef, purpose: TicketPurpose): Promise<WireTicket | null>;
  /** A right went away (renewal, lapse, policy): what runs must fit the new lease. */
  narrow(session: SessionRef, lease: Lease): Promise<void>;
  /** Gives one stream or play back. */
  close(session: SessionRef, purpose: TicketPurpose): Promise<void>;
  /** Resolves when the plane has confirmed the end (PL3). */
  stop(session: SessionRef, cause: EndCause): Promise<void>;
  /** Ends what no live session stands behind; resolves to whom it ended. */
  reconcile(isLive: (sessionId: string) => boolean): Promise<readonly string[]>;
}

/** Whom planes ask; implemented by access (PL1). All synchronous: a look-up in memory. */
export interface LeaseDesk {
  admitDial(session: SessionRef, purpose: TicketPurpose, leaseGeneration: number): DialGrant | DialRefusal;
  stillAdmitted(sessionId: string): boolean;
  /** The gate has seen the publisher join: the room is told (RM3). */
  streamUp(sessionId: string, streamId: string): void;
  /** The publisher's connection is gone for good. */
  streamDown(sessionId: string, streamId: string): void;
}
