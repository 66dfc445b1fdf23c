import Type from 'typebox';
import type { SessionSelection } from '#access';
import { RoomkeyError } from '#kernel';
import type { RevocationTarget } from '#policy';
import { needs } from './access-rule.ts';
import { type Api, type ApiParts, actorOf } from './api-parts.ts';
import { type PageQuery, pageQuery } from './app-routes.ts';
import type { Before } from './owner-records.ts';
import { cutPage, readCursor } from './page-cursor.ts';
import { forbidAnswer, revocationAnswer } from './record-shapes.ts';
import { answerChange, changeAnswers, changeQuery } from './rules-change.ts';
import { pageOfSessions } from './session-page.ts';
import { cutSessions, listedSessions, sessionAnswer } from './session-shapes.ts';
import {
  answerOf,
  appItemPath,
  appPath,
  cursorText,
  defaultPageLimit,
  orNull,
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

const sessionQuery = Type.Unsafe<SessionSelection & PageQuery>(
  Type.Object(
    {
      ...selectionFields,
      limit: Type.Optional(wholeNumber(1, listedSessions)),
      cursor: Type.Optional(cursorText),
    },
    exact,
  ),
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
const sessionsAnswer = answerOf({
  total: Type.Integer(),
  items: Type.Array(sessionAnswer),
  nextCursor: orNull(Type.String()),
});
const kickAnswer = answerOf({
  ended: answerOf({ count: Type.Integer(), sessions: Type.Array(sessionAnswer) }),
});

/** Running sessions: who is where, and ending them. */
export function addSessionRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/sessions',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'The running sessions, newest first',
        params: appPath,
        querystring: sessionQuery,
        response: { 200: sessionsAnswer },
      },
    },
    async (request) => {
      const { limit = defaultPageLimit, cursor, ...selection } = request.query;
      const { appId } = request.params;
      return pageOfSessions(parts.ownerDesk, { appId, selection, limit, cursor });
    },
  );
  api.post(
    '/apps/:appId/sessions/kick',
    {
      config: needs('sessions', 'path'),
      schema: {
        summary: 'Ends the sessions that match all the fields given; at least one is needed',
        params: appPath,
        body: kickBody,
        response: { 200: kickAnswer },
      },
    },
    async (request) => {
      const { why, ...selection } = request.body;
      const ended = await parts.ownerDesk.kick(request.params.appId, selection, actorOf(request, why));
      return { ended: cutSessions(ended) };
    },
  );
  api.delete(
    '/apps/:appId/sessions/:id',
    {
      config: needs('sessions', 'path'),
      schema: { summary: 'Ends one session', params: appItemPath, response: { 200: kickAnswer } },
    },
    async (request) => {
      const { appId, id } = request.params;
      const ended = await parts.ownerDesk.kick(appId, { sessionId: id }, actorOf(request));
      if (ended.length === 0) throw new RoomkeyError('notFound');
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
      schema: {
        summary: 'The revocations of an app, newest first',
        params: appPath,
        querystring: pageQuery,
        response: { 200: pageOf(revocationAnswer) },
      },
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
      schema: {
        summary: 'Revokes; the receipt lists the sessions that were closed',
        params: appPath,
        querystring: changeQuery,
        body: revocationBody,
        response: changeAnswers,
      },
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
  addForbidRoutes(api, parts);
}

function addForbidRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/forbids',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'Whom the owner keeps out for a while, newest first',
        params: appPath,
        querystring: pageQuery,
        response: { 200: pageOf(forbidAnswer) },
      },
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
      schema: {
        summary: 'Keeps a user out of a room or of every room, or everybody out of a room',
        params: appPath,
        querystring: changeQuery,
        body: forbidBody,
        response: changeAnswers,
      },
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
      schema: {
        summary: 'Lifts a rule before its time',
        params: appItemPath,
        querystring: changeQuery,
        response: changeAnswers,
      },
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
