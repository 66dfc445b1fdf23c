export type {
  DialGrant,
  DialRefusal,
  LeaseDesk,
  Plane,
  SessionRef,
  TicketHash,
  TicketPurpose,
} from './plane.ts';
