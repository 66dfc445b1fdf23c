export type { ChangeEffect, ChangeReceipt, OwnerDesk, SessionInfo, SessionSelection } from './owner-desk.ts';
