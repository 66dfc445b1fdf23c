import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogger } from '#kernel';
import { FakeClock } from '../testing/fake-clock.ts';
import { openLedger } from './open-ledger.ts';
import { sampleLogin } from './testing/ledger-samples.ts';

const logger = createLogger({ level: 'silent' });

it('[ST3] the gap of an unclean stop holds rows that were stamped before others and appended after them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roomkey-unclean-'));
  const clock = new FakeClock();
  const running = await openLedger({ dataDir: join(folder, 'running'), clock, logger });
  await clock.advance(5_000);
  const stampedAt = clock.wallMs() - 5;
  await running.append(sampleLogin({ at: clock.wallMs() }));
  // What is on disk now is what a kill would leave, with a row of `stampedAt` still on its way.
  cpSync(join(folder, 'running'), join(folder, 'killed'), { recursive: true });
  const again = await openLedger({ dataDir: join(folder, 'killed'), clock, logger });
  const [gap] = await again.gaps();
  expect(gap).toMatchObject({ cause: 'uncleanStop', count: null });
  expect(gap?.from).toBeLessThanOrEqual(stampedAt);
  await again.stop();
  await running.stop();
  // The control: a clean stop leaves no gap.
  const clean = await openLedger({ dataDir: join(folder, 'running'), clock, logger });
  expect(await clean.gaps()).toEqual([]);
  await clean.stop();
  rmSync(folder, { recursive: true, force: true });
});
