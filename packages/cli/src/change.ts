import type {
  EffectAnswer,
  PreviewAnswer,
  ReceiptAnswer,
  SessionAnswer,
  SomeSessions,
} from './api-answers.ts';
import { confirm } from './ask.ts';
import type { CommandCall } from './command-call.ts';
import type { OptionSpec } from './command-spec.ts';
import { CliFailure } from './failure.ts';
import { formatInstantMs } from './format-time.ts';
import type { ApiAnswer, OwnerApi } from './owner-api.ts';
import type { Cell } from './table.ts';

/** How a change is previewed and confirmed. */
export const changeOptions: readonly OptionSpec[] = [
  { flags: '--reason <text>', text: 'reasonOption' },
  { flags: '--preview', text: 'previewOption' },
  { flags: '--yes', text: 'yesOption' },
  { flags: '--confirm <count>', text: 'confirmOption' },
];

/** One change of an app's rules over the API. */
export interface Change {
  readonly method: 'PUT' | 'POST' | 'PATCH';
  readonly path: readonly (string | number)[];
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  /** Asked about even when no running session is hit. */
  readonly alwaysAsk: boolean;
}

/** Most sessions shown by name; the number counts them all. */
const shownSessions = 10;

/** How often the number of sessions may move under a `--yes` before that is told. */
const mostTries = 10;

/**
 * Shows whom a change hits, asks, makes it, and shows what it did (LK7). Resolves to the receipt, or to nothing when
 * only a preview was wanted.
 */
export async function makeChange(
  call: CommandCall,
  api: OwnerApi,
  change: Change,
): Promise<ReceiptAnswer | undefined> {
  const { method, path, ifMatch } = change;
  const given = { ...(change.body === undefined ? {} : { body: change.body }), ifMatch };
  const preview = await api.request<PreviewAnswer>(method, path, { ...given, query: { preview: true } });
  const { effect } = preview.body;
  const hits = countHits(effect);
  if (call.flag('preview')) {
    if (call.json) await call.printJson(preview.body);
    else await showEffect(call, effect, call.say('wouldAffect', { count: hits, judged: effect.judged }));
    return undefined;
  }
  if (!call.json && (hits > 0 || change.alwaysAsk)) {
    await showEffect(call, effect, call.say('willAffect', { count: hits, judged: effect.judged }));
  }
  if (hits > 0 || change.alwaysAsk) await confirm(call, hits);
  const receipt = await send(call, api, change, hits);
  if (call.json) await call.printJson(receipt.body);
  else await showReceipt(call, receipt.body);
  return receipt.body;
}

/**
 * Sends a change that was agreed to. The server compares `confirm` with what would be hit at that moment: a person who
 * agreed to a number gets a refusal when it moved. `--yes` agreed to whoever is hit, so the number is taken anew.
 */
async function send(
  call: CommandCall,
  api: OwnerApi,
  { method, path, body, ifMatch }: Change,
  hits: number,
): Promise<ApiAnswer<ReceiptAnswer>> {
  const given = { ...(body === undefined ? {} : { body }), ifMatch };
  const anyNumber = call.flag('yes') && call.text('confirm') === undefined;
  let confirmed = hits;
  for (let triesLeft = anyNumber ? mostTries : 1; ; triesLeft -= 1) {
    try {
      return await api.request<ReceiptAnswer>(method, path, { ...given, query: { confirm: confirmed } });
    } catch (error) {
      const moved = error instanceof CliFailure && error.facts.name === 'confirmMismatch';
      if (!moved || triesLeft <= 1) throw error;
    }
    const preview = await api.request<PreviewAnswer>(method, path, { ...given, query: { preview: true } });
    confirmed = countHits(preview.body.effect);
  }
}

/** How many running sessions an effect touches. */
export function countHits({ ended, narrowed, ending }: EffectAnswer): number {
  return ended.count + narrowed.count + ending.count;
}

async function showReceipt(call: CommandCall, receipt: ReceiptAnswer): Promise<void> {
  const applied = receipt.applied
    ? call.cell('good', call.say('appliedEverywhere'))
    : call.cell('warning', call.say('appliedExcept', { nodes: receipt.silentNodes.join(', ') }));
  const { ended, narrowed, ending } = receipt.effect;
  await call.printRows([
    [call.say('applied'), applied],
    [call.say('rulesVersion'), String(receipt.rulesVersion)],
    [call.say('sessionsEnded'), String(ended.count)],
    ...(narrowed.count === 0 ? [] : [[call.say('sessionsNarrowed'), String(narrowed.count)]]),
    ...(ending.count === 0 ? [] : [[call.say('sessionsEnding'), String(ending.count)]]),
  ]);
  await showSome(call, ended, call.say('endedNow'));
}

async function showEffect(call: CommandCall, effect: EffectAnswer, headline: string): Promise<void> {
  await call.print(headline);
  await showSome(call, effect.ended, call.say('wouldEnd'));
  await showSome(call, effect.narrowed, call.say('wouldNarrow'));
  await showSome(call, effect.ending, call.say('wouldEndLater'));
}

async function showSome(call: CommandCall, some: SomeSessions, what: string): Promise<void> {
  if (some.count === 0) return;
  await call.print(call.say('countOf', { what, count: some.count }));
  await call.printRows(
    some.sessions.slice(0, shownSessions).map((session) => ['  ', ...sessionCells(call, session)]),
  );
  if (some.count > shownSessions)
    await call.print(`  ${call.say('andMore', { count: some.count - shownSessions })}`);
}

/** A session as cells of a table: user, room, state, how it was admitted, platform, end of its lease, id. */
export function sessionCells(call: CommandCall, session: SessionAnswer): (string | Cell)[] {
  const method =
    session.method === 'appSign' ? call.cell('appSign', 'AppSign') : call.cell('good', session.method);
  const state = session.lapsed
    ? call.cell('warning', call.say('lapsed'))
    : session.state === 'present'
      ? session.state
      : call.cell('gone', session.state);
  const { userId, roomId, platform, sdkVersion, leaseEndsAt, sessionId } = session;
  return [
    userId,
    roomId,
    state,
    method,
    `${platform} ${sdkVersion}`,
    formatInstantMs(leaseEndsAt),
    sessionId,
  ];
}
