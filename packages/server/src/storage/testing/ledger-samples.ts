import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#kernel';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { DiagnosisRecord, LoginRecord } from '../ledger.ts';
import { type LedgerFile, type LedgerOptions, openLedger } from '../open-ledger.ts';

/** For tests: the instant at which a fresh `FakeClock` stands. */
export const sampleStart: number = new FakeClock().wallMs();

/** For tests: a login record with every column filled. */
export function sampleLogin(over: Partial<LoginRecord> = {}): LoginRecord {
  return {
    kind: 'login',
    at: sampleStart,
    appId: 1,
    verb: 'login',
    roomId: 'room1',
    userId: 'user1',
    sessionId: 'session1',
    method: 'both',
    fellBack: true,
    tokenVersion: '04',
    tokenFormat: '04-gcm',
    keyId: 'k1',
    platform: 'web',
    sdkVersion: '3.1.0',
    product: 'express',
    outcome: 'admitted',
    code: 0,
    candidateOutcome: 'tokenMissing',
    ruleOutcomes: ['admitted', 'admitted', 'tokenMissing'],
    canUseTokens: 'yes',
    diagnosis: 'd1',
    rulesVersion: 7,
    ...over,
  };
}

/** For tests: a diagnosis of app 1. */
export function sampleDiagnosis(diagnosisId: string, over: Partial<DiagnosisRecord> = {}): DiagnosisRecord {
  return { kind: 'diagnosis', at: sampleStart, appId: 1, diagnosisId, body: '{"trace":[]}', ...over };
}

/** For tests: a path for a ledger that does not exist yet. */
export function freshLedgerFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'roomkey-ledger-')), 'ledger.db');
}

/** For tests: a ledger on a clock that stands still. */
export function openSampleLedger(
  file: string,
  over: Partial<Omit<LedgerOptions, 'file' | 'dataDir'>> = {},
): Promise<LedgerFile> {
  return openLedger({ file, clock: new FakeClock(), logger: createLogger({ level: 'silent' }), ...over });
}
