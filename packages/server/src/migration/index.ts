/**
 * migration: what the owner learns about the way from AppSign to Token. Owns the book of logins (records in the
 * ledger, counters in bounded memory) and the floors of SDK lines.
 *
 * It sits in the login path by `record` alone, which waits at most 250 ms, and decides nothing there.
 * Rules: MG1, MG1a, AD6, ST3 (the wait).
 */
export type { FormatCount, LoginCell } from './cell-counters.ts';
export { canUseTokens, compareVersions, type Floor, floors, recorderReleases } from './floors.ts';
export { createLoginBook, type LoginBook, type LoginBookOptions, type LoginCounters } from './login-book.ts';
export type { RefusedCell, RefusedStranger } from './refused-counters.ts';
