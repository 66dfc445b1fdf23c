export type { Access, Answer, CredentialContext, Entered, RefusedAnswer } from './access.ts';
export type { ChangeEffect, ChangeReceipt, OwnerDesk, SessionInfo, SessionSelection } from './owner-desk.ts';
