import type { AppAnswer } from '../api-answers.ts';
import { cleanText } from '../clean-text.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { CliFailure } from '../failure.ts';
import { formatInstantMs } from '../format-time.ts';
import { connectOwnerApi, type OwnerApi } from '../owner-api.ts';
import { sentence } from '../sentence.ts';
import { maxAppId, serverOptions } from '../server-options.ts';
import type { Cell } from '../table.ts';
import { fieldText } from './policy-show.ts';

/** Why somebody was refused, as the API answers it; `dropped`: the trace is gone, `alike` others said the same. */
interface WhyAnswer {
  readonly diagnosisId: string;
  readonly dropped: boolean;
  readonly alike?: number;
  readonly diagnosis?: Readonly<Record<string, unknown>>;
}

interface CheckAnswer {
  readonly check: string;
  readonly expected: string;
  readonly got: string;
  readonly verdict: 'pass' | 'fail' | 'skip' | 'note';
  readonly hint?: string;
}

const meanings = { pass: 'good', fail: 'refused', skip: 'gone', note: 'warning' } as const;
const maxApps = 10_000;

/** `why`: the trace of one refusal, check by check, with the claims of a token that opened and the hint (AD13). */
export const why: CommandSpec = {
  name: 'why',
  text: 'why',
  arguments: [{ name: '<diagnosis>', text: 'diagnosisArgument' }],
  options: [{ flags: '--app <id>', text: 'anyAppOption' }, ...serverOptions],
  async run(call) {
    const id = call.args[0] ?? '';
    const appId = call.number('app', 1, maxAppId);
    const api = await connectOwnerApi(call);
    const found = await findWhy(api, id, appId);
    if (call.json) await call.printJson({ appId: found.appId, ...found.answer });
    else await show(call, found.appId, found.answer);
    return 0;
  },
};

interface FoundWhy {
  readonly appId: number;
  readonly answer: WhyAnswer;
}

// An id says nothing of its app, on purpose; so the apps of this key are asked in turn.
async function findWhy(api: OwnerApi, id: string, appId: number | undefined): Promise<FoundWhy> {
  const appIds =
    appId === undefined ? (await api.list<AppAnswer>(['apps'], maxApps)).map((app) => app.appId) : [appId];
  for (const each of appIds) {
    try {
      const { body } = await api.request<WhyAnswer>('GET', ['apps', each, 'diagnoses', id]);
      return { appId: each, answer: body };
    } catch (error) {
      if (!(error instanceof CliFailure) || error.facts.name !== 'notFound') throw error;
    }
  }
  throw new CliFailure(sentence('diagnosisUnknown', { id }), { exitCode: 1, name: 'notFound', code: 901003 });
}

async function show(call: CommandCall, appId: number, answer: WhyAnswer): Promise<void> {
  const { diagnosis = {}, dropped, alike = 0 } = answer;
  await call.print(call.say('diagnosisOf', { id: answer.diagnosisId, app: appId }));
  if (dropped) {
    await call.print(call.say('diagnosisDropped', { alike }));
    return;
  }
  // The headline says the id and the app.
  const { trace, hint, at, diagnosisId: _, appId: __, ...facts } = diagnosis;
  const instant = typeof at === 'number' ? [['at', formatInstantMs(at)]] : [];
  await call.printRows([...instant, ...factRows('', facts)]);
  if (Array.isArray(trace)) {
    await call.print('');
    await call.printRows([
      [call.say('check'), call.say('expected'), call.say('got'), call.say('verdict'), call.say('hint')],
      ...(trace as readonly CheckAnswer[]).map((row): (string | Cell)[] => [
        row.check,
        row.expected,
        row.got,
        call.cell(meanings[row.verdict], call.say(`verdict_${row.verdict}`)),
        row.hint ?? '',
      ]),
    ]);
  }
  const text = isHint(hint) ? hint[call.language] : undefined;
  if (text !== undefined) await call.print('', call.say('hintLine', { text: cleanText(text) }));
}

interface Hint {
  readonly en: string;
  readonly zh: string;
}

function isHint(hint: unknown): hint is Hint {
  return typeof hint === 'object' && hint !== null && 'en' in hint && typeof hint.en === 'string';
}

/** A line a fact; the fields of an object follow its name after a dot. */
function factRows(prefix: string, facts: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject) return factRows(`${prefix}${name}.`, value as Readonly<Record<string, unknown>>);
    return value === null || value === undefined ? [] : [[`${prefix}${name}`, fieldText(value)]];
  });
}
