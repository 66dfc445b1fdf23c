import Type from 'typebox';
import type { SessionSelection } from '#access';
import type { RevocationTarget } from '#policy';
import { needs } from './access-rule.ts';
import { type Api, type ApiParts, actorOf } from './api-parts.ts';
import { pageQuery } from './app-routes.ts';
import type { Before } from './owner-records.ts';
import { cutPage, readCursor } from './page-cursor.ts';
import { forbidAnswer, revocationAnswer } from './record-shapes.ts';
import { answerChange, changeAnswers, changeQuery } from './rules-change.ts';
import { cutSessions, listedSessions, sessionAnswer } from './session-shapes.ts';
import {
  answerOf,
  appItemPath,
  appPath,
  defaultPageLimit,
  pageOf,
  shortText,
  wholeNumber,
  whyText,
} from './shape-parts.ts';

const exact = { additionalProperties: false };
const idText = shortText(256);
const selectionFields = {
  sessionId: Type.Optional(idText),
  userId: Type.Optional(idText),
  roomId: Type.Optional(idText),
};

const selectionQuery = Type.Unsafe<SessionSelection & { readonly limit?: number }>(
  Type.Object({ ...selectionFields, limit: Type.Optional(wholeNumber(1, listedSessions)) }, exact),
);
const kickBody = Type.Unsafe<SessionSelection & { readonly why?: string }>(
  Type.Object({ ...selectionFields, why: Type.Optional(whyText) }, exact),
);
const target = Type.Union([
  Type.Object({ kind: Type.Literal('token'), digest: idText }, exact),
  Type.Object({ kind: Type.Literal('user'), userId: idText }, exact),
  Type.Object({ kind: Type.Literal('room'), roomId: idText }, exact),
  Type.Object(
    {
      kind: Type.Literal('session'),
      sessionId: idText,
      digest: Type.Optional(Type.Union([idText, Type.Null()])),
    },
    exact,
  ),
  Type.Object({ kind: Type.Literal('secret'), secretId: idText }, exact),
  Type.Object({ kind: Type.Literal('issuedBefore'), atSeconds: wholeNumber(1) }, exact),
]);
const revocationBody = Type.Unsafe<{
  readonly target: RevocationTarget;
  readonly marginSeconds?: number;
  readonly why?: string;
}>(
  Type.Object(
    { target, marginSeconds: Type.Optional(wholeNumber(0, 3_600)), why: Type.Optional(whyText) },
    exact,
  ),
);
const forbidBody = Type.Unsafe<{
  readonly userId?: string;
  readonly roomId?: string;
  readonly seconds: number;
  readonly why?: string;
}>(
  Type.Object(
    {
      userId: Type.Optional(idText),
      roomId: Type.Optional(idText),
      seconds: wholeNumber(1, 31_536_000),
      why: Type.Optional(whyText),
    },
    exact,
  ),
);
const sessionsAnswer = answerOf({ total: Type.Integer(), items: Type.Array(sessionAnswer) });
const kickAnswer = answerOf({
  ended: answerOf({ count: Type.Integer(), sessions: Type.Array(sessionAnswer) }),
});

/** Running sessions: who is where, and ending them. */
export function addSessionRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/sessions',
    {
      config: needs('read', 'path'),
      schema: { params: appPath, querystring: selectionQuery, response: { 200: sessionsAnswer } },
    },
    async (request) => {
      const { limit = defaultPageLimit, ...selection } = request.query;
      const { total, sessions } = parts.ownerDesk.sessions(request.params.appId, selection, limit);
      return { total, items: sessions };
    },
  );
  api.post(
    '/apps/:appId/sessions/kick',
    {
      config: needs('sessions', 'path'),
      schema: { params: appPath, body: kickBody, response: { 200: kickAnswer } },
    },
    async (request) => {
      const { why, ...selection } = request.body;
      const ended = await parts.ownerDesk.kick(request.params.appId, selection, actorOf(request, why));
      return { ended: cutSessions(ended) };
    },
  );
}

/** Revocations (AD11) and forbid rules (1002066). */
export function addRevocationRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/revocations',
    {
      config: needs('read', 'path'),
      schema: { params: appPath, querystring: pageQuery, response: { 200: pageOf(revocationAnswer) } },
    },
    async (request) => {
      const { limit = defaultPageLimit, cursor } = request.query;
      const rows = await parts.records.revocations(request.params.appId, beforeOf(cursor), limit + 1);
      return cutPage(rows, limit, ({ revokedAt, revocationId }) => [revokedAt, revocationId]);
    },
  );
  api.post(
    '/apps/:appId/revocations',
    {
      config: needs('sessions', 'path'),
      schema: { params: appPath, querystring: changeQuery, body: revocationBody, response: changeAnswers },
    },
    async (request, reply) => {
      const { target: given, marginSeconds, why } = request.body;
      const edit = {
        kind: 'revoke',
        target: given.kind === 'session' ? sessionTargetOf(parts, request.params.appId, given) : given,
        ...(marginSeconds === undefined ? {} : { marginSeconds }),
      } as const;
      return await answerChange(parts, request, reply, { appId: request.params.appId, edit, why });
    },
  );
  api.get(
    '/apps/:appId/forbids',
    {
      config: needs('read', 'path'),
      schema: { params: appPath, querystring: pageQuery, response: { 200: pageOf(forbidAnswer) } },
    },
    async (request) => {
      const { limit = defaultPageLimit, cursor } = request.query;
      const rows = await parts.records.forbids(request.params.appId, beforeOf(cursor), limit + 1);
      return cutPage(rows, limit, ({ createdAt, ruleId }) => [createdAt, ruleId]);
    },
  );
  api.post(
    '/apps/:appId/forbids',
    {
      config: needs('sessions', 'path'),
      schema: { params: appPath, querystring: changeQuery, body: forbidBody, response: changeAnswers },
    },
    async (request, reply) => {
      const { why, ...rule } = request.body;
      return await answerChange(parts, request, reply, {
        appId: request.params.appId,
        edit: { kind: 'forbid', ...rule },
        why,
      });
    },
  );
  api.delete(
    '/apps/:appId/forbids/:id',
    {
      config: needs('sessions', 'path'),
      schema: { params: appItemPath, querystring: changeQuery, response: changeAnswers },
    },
    async (request, reply) => {
      const { appId, id } = request.params;
      return await answerChange(parts, request, reply, {
        appId,
        edit: { kind: 'unforbid', ruleId: id },
        why: undefined,
      });
    },
  );
}

/** The session's token is revoked with it, so that it does not come straight back (AD11). */
function sessionTargetOf(
  parts: ApiParts,
  appId: number,
  given: Extract<RevocationTarget, { readonly kind: 'session' }>,
): RevocationTarget {
  const digest = given.digest ?? parts.ownerDesk.tokenDigestOf(appId, given.sessionId) ?? null;
  return { kind: 'session', sessionId: given.sessionId, digest };
}

function beforeOf(cursor: string | undefined): Before | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = readCursor(cursor, ['number', 'string']);
  return { at: Number(at), id: String(id) };
}
