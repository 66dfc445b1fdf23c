import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TSchema, type TUnsafe } from 'typebox';
import type { ChangeEffect, ChangeReceipt } from '#access';
import type { AppId } from '#apps';
import { RoomkeyError } from '#kernel';
import type { AppRules, RulesEdit, RulesVersion } from '#policy';
import { type ApiParts, actorOf } from './api-parts.ts';
import { changeAnswer, effectBody, receiptAnswer, receiptBody, receiptStatus } from './session-shapes.ts';
import { wholeNumber } from './shape-parts.ts';

/** What a change of rules may carry beside its body. */
export interface ChangeQuery {
  readonly preview?: boolean;
  readonly confirm?: number;
}

/** `preview=true` changes nothing and says whom it would hit; `confirm` repeats that number (MG10). */
export const changeQuery: TUnsafe<ChangeQuery> = Type.Unsafe<ChangeQuery>(
  Type.Object(
    { preview: Type.Optional(Type.Boolean()), confirm: Type.Optional(wholeNumber(0)) },
    { additionalProperties: false },
  ),
);

/** The answers of a change: a preview, or a receipt; 202 while nodes are silent (CL4). */
export const changeAnswers: Record<number, TSchema> = {
  200: changeAnswer,
  202: receiptAnswer,
};

/** One change that a request asks for. */
export interface RequestedChange {
  readonly appId: AppId;
  readonly edit: RulesEdit;
  readonly why: string | undefined;
  readonly ifVersion?: RulesVersion | undefined;
  /** Hitting anybody needs the number repeated: for the changes that lock people out (MG10). */
  readonly needsConfirm?: boolean;
}

/** Previews or makes a change of an app's rules, and answers with whom it hits or hit. */
export async function answerChange(
  parts: ApiParts,
  request: FastifyRequest,
  reply: FastifyReply,
  change: RequestedChange,
): Promise<object> {
  const { appId, edit, why, ifVersion, needsConfirm = false } = change;
  const { preview = false, confirm } = request.query as ChangeQuery;
  if (preview) return { preview: true, effect: effectBody(parts.ownerDesk.preview(appId, edit)) };
  if (confirm !== undefined || needsConfirm) {
    const hits = countHits(parts.ownerDesk.preview(appId, edit));
    if ((confirm ?? 0) !== hits) {
      throw new RoomkeyError('confirmMismatch', {
        details: [`confirm: ${hits} running sessions would be hit`],
      });
    }
  }
  const receipt = await parts.ownerDesk.change(appId, ifVersion, actorOf(request, why), edit);
  return answerReceipt(reply, receipt);
}

/** Answers with what a change did. */
export function answerReceipt(reply: FastifyReply, receipt: ChangeReceipt): object {
  void reply.code(receiptStatus(receipt)).header('etag', etagOf(receipt.rules));
  return receiptBody(receipt);
}

function countHits({ ended, narrowed, ending }: ChangeEffect): number {
  return ended.length + narrowed.length + ending.length;
}

/** The version of an app's rules as an entity tag. */
export function etagOf(rules: AppRules): string {
  return `"${rules.version}"`;
}

/**
 * The version that `If-Match` names.
 *
 * @throws RoomkeyError `preconditionRequired` without one, `versionConflict` for text that is no version of ours.
 */
export function versionIfMatch(request: FastifyRequest): RulesVersion {
  const header = request.headers['if-match'];
  if (header === undefined) throw new RoomkeyError('preconditionRequired');
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) throw new RoomkeyError('versionConflict');
  return Number(version);
}

/** The rules of the app in the path; the guard has seen that it is there. */
export function rulesOf(parts: ApiParts, appId: AppId): AppRules {
  const rules = parts.rules.find(appId);
  if (rules === undefined) throw new RoomkeyError('notFound');
  return rules;
}
