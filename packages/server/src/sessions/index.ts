export type {
  Absent,
  Connection,
  Deadline,
  Detached,
  EndCause,
  EndMeaning,
  EventSink,
  FrameKind,
  Gone,
  Lease,
  Present,
  Session,
} from './session.ts';
