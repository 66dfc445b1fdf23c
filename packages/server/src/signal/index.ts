/**
 * signal: the sockets of clients. Frames in, answers and events out; who may come in, and the order of steps, is asked
 * of access.
 *
 * Never decides an admission, never writes a row, owns no room and no lease. Rules that live here: WS1–WS4 (upgrade,
 * bounded work before admission, one answer per request in order), WS10, WS11 (send budget), WS12 (closing), WS15
 * (buckets per verb), SE7 (dead after 100 s), SE9 (telling clients to go), AD2 (one challenge per socket, used once),
 * AD10 (refused renewals, resumes, switches and tickets).
 */
export { createSignal, type Signal, type SignalOptions } from './signal.ts';
