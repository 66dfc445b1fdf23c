import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { freshLedgerFile, openSampleLedger, sampleStart } from './testing/ledger-samples.ts';

const hourMs = 3_600_000;

// `early` is the planted mistake: it tells the user's id when the row was taken, not when it was committed.
const child = `void (async () => {
  const [samples, file, killAfter, mode] = process.argv.slice(1);
  const { openSampleLedger, sampleLogin } = await import(samples);
  const { openSync, writeSync } = await import('node:fs');
  const toldFile = openSync(file + '.told', 'w');
  const ledger = await openSampleLedger(file);
  let told = 0;
  const tell = (userId) => {
    writeSync(toldFile, userId + '\\n');
    told += 1;
    if (told === Number(killAfter)) process.kill(process.pid, 'SIGKILL');
  };
  for (let i = 0; i < 2000; i++) {
    const userId = 'user' + i;
    const kept = ledger.append(sampleLogin({ userId }));
    if (mode === 'early') tell(userId);
    else void kept.then(() => tell(userId));
  }
})();`;

/** Writes in a process that is killed in the middle; the ids it told as kept. */
async function writeUntilKilled(
  file: string,
  killAfter: number,
  mode: 'honest' | 'early',
): Promise<string[]> {
  const samples = new URL('./testing/ledger-samples.ts', import.meta.url).href;
  const options = ['--conditions=source', '--eval', child];
  const started = spawn(process.execPath, [...options, samples, file, String(killAfter), mode], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => started.once('close', (_, signal) => resolve(signal)));
  expect([await text(started.stderr), await ended]).toEqual(['', 'SIGKILL']);
  const told = readFileSync(`${file}.told`, 'utf8');
  return told.split('\n').filter((userId) => userId !== '');
}

/** Which of the acknowledged rows the file does not hold, and what it tells of the stop. */
async function inspect(file: string, told: readonly string[]) {
  const ledger = await openSampleLedger(file, { clock: new FakeClock(sampleStart + hourMs) });
  const kept = new Set((await ledger.logins({ appId: 1, limit: 10_000 })).map(({ userId }) => userId));
  const gaps = await ledger.gaps();
  await ledger.stop();
  return { missing: told.filter((userId) => !kept.has(userId)), gaps };
}

describe('a killed process', () => {
  it.each([1, 300, 1_100])('[ST4] loses no acknowledged row, killed after %i of 2000', async (killAfter) => {
    const file = freshLedgerFile();
    const told = await writeUntilKilled(file, killAfter, 'honest');
    expect(told).toHaveLength(killAfter);
    const { missing, gaps } = await inspect(file, told);
    expect(missing).toEqual([]);
    const unclean = { from: sampleStart, to: sampleStart + hourMs, count: null, cause: 'uncleanStop' };
    expect(gaps).toEqual([unclean]);
    // Told once: the start after a clean stop adds none.
    expect((await inspect(file, told)).gaps).toEqual([unclean]);
  });

  it('[ST4] the same check finds rows that are acknowledged before their commit', async () => {
    const file = freshLedgerFile();
    const told = await writeUntilKilled(file, 300, 'early');
    expect((await inspect(file, told)).missing.length).toBeGreaterThan(0);
  });
});
