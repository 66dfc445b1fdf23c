/**
 * planes: what stands behind the door (media, board, files, recorder), as one interface.
 *
 * Owns the seam: what a plane must do (`Plane`) and whom it asks (`LeaseDesk`, implemented by access, so that nothing
 * imports upward). A plane never keeps a clock or a policy of its own: the lease tells it. Rules that live here: PL1,
 * PL2 (tickets are stored as hashes) and PL3 (an end is confirmed) as far as they are the interface's.
 */
export type {
  DialGrant,
  DialRefusal,
  LeaseDesk,
  Plane,
  SessionRef,
  TicketHash,
  TicketPurpose,
} from './plane.ts';
