import { expect, test } from 'vitest';
import { clientMessages } from './client-messages.ts';
import { errorByName } from './error-table.ts';
import { type LapsedVerdict, lapsedTable, type SessionAction } from './lapsed-table.ts';

// One test per cell, told from the rule, not from the table: verdict and the number the client sees.
const cells: Record<SessionAction, [verdict: LapsedVerdict['verdict'], code?: number]> = {
  receiveEvents: ['allowed'],
  keepRunningStreams: ['allowed'],
  redialWithin60s: ['allowed'],
  renew: ['allowed'],
  logout: ['allowed'],
  unpublish: ['allowed'],
  stopPlay: ['allowed'],
  snapshot: ['allowed'],
  challenge: ['allowed'],
  ping: ['allowed'],
  publish: ['refused', 1003072],
  play: ['refused', 1004003],
  planeTicket: ['refused', 1002078],
  firstDialWithOlderTicket: ['refused', 1002078],
  sendBroadcast: ['refused', 1002078],
  sendBarrage: ['refused', 1002078],
  sendCommand: ['refused', 1002078],
  setRoomExtraInfo: ['refused', 1002078],
  setStreamExtraInfo: ['refused', 1002078],
  switchRoom: ['refused', 1002078],
  boardWrite: ['readOnly'],
  filesOpen: ['closed'],
  resume: ['freshToken', 1002078],
};

test.each(Object.entries(cells))('[SE4] a lapsed session: %s → %s', (action, [verdict, code]) => {
  const cell: LapsedVerdict = lapsedTable[action as SessionAction];
  expect(cell.verdict).toBe(verdict);
  expect('error' in cell ? errorByName(cell.error).code : undefined).toBe(code);
});

test('[SE4] every verb of the wire that a session may send has a cell', () => {
  const beforeASession = ['hello', 'login'];
  const verbs = Object.keys(clientMessages).filter((verb) => !beforeASession.includes(verb));
  expect(verbs.filter((verb) => !Object.hasOwn(lapsedTable, verb))).toEqual([]);
  expect(Object.keys(lapsedTable)).toEqual(Object.keys(cells));
});
