/**
 * The command line of Roomkey: `roomkey`, and what a program may start of it.
 *
 * It owns how commands are called and how they answer (rules CLI, CF). It opens no database: what a running server
 * holds it asks over the HTTP API (CLI2a); `token …` needs no server at all.
 */
export { commandNames } from './command-names.ts';
export { runRoomkey } from './run-roomkey.ts';
export type { Terminal } from './terminal.ts';
