import { expect, test } from 'vitest';
import { createServerMetrics } from './metrics.ts';

const valuesOf = (text: string, label: string) =>
  new Set([...text.matchAll(new RegExp(`\\b${label}="([^"]*)"`, 'g'))].map((match) => match[1]));

test('[API4] no label has more than 64 values, and nothing is lost in the sums', async () => {
  const metrics = createServerMetrics();
  const apps = Array.from({ length: 100 }, (_, at) => ({ appId: at + 1, method: 'token', sessions: at + 1 }));
  metrics.readFrom({
    sessions: () => apps,
    ledgerLagMs: () => 1_500,
    ledgerGaps: async () => [{ from: 1, to: 2, count: null, cause: 'uncleanStop' }],
    revocations: () => 3,
  });
  for (let at = 0; at < 100; at += 1) {
    metrics.countLogin({
      verb: 'login',
      outcome: `o${at}`,
      code: 1_000_000 + at,
      method: 'token',
      format: `f${at}`,
    });
  }
  const text = await metrics.text();
  for (const label of ['app', 'outcome', 'code', 'format']) expect(valuesOf(text, label).size).toBe(64);
  // The largest apps are shown by number, the others in one sum.
  expect(text).toContain('roomkey_sessions{app="100",method="token"} 100');
  const small = apps.slice(0, 37).reduce((sum, each) => sum + each.sessions, 0);
  expect(text).toContain(`roomkey_sessions{app="other",method="token"} ${small}`);
  expect(text).toContain('roomkey_ledger_lag_seconds 1.5');
  expect(text).toContain('roomkey_ledger_gaps{cause="uncleanStop"} 1');
  expect(text).toContain('roomkey_revocations 3');
  metrics.stop();
});

test('[API4] two servers in one process count apart', async () => {
  const one = createServerMetrics();
  const two = createServerMetrics();
  one.countLogin({ verb: 'login', outcome: 'admitted', method: 'token', format: '04-gcm' });
  expect(await one.text()).toContain('outcome="admitted"');
  expect(await two.text()).not.toContain('outcome="admitted"');
  one.stop();
  two.stop();
});
