import Type from 'typebox';
import { RoomkeyError } from '#kernel';
import { callerOf, needs } from './access-rule.ts';
import { type KeyRequest, scopes } from './api-keys.ts';
import { type Api, type ApiParts, actorOf } from './api-parts.ts';
import { pageQuery } from './app-routes.ts';
import { cutPage, readCursor } from './page-cursor.ts';
import {
  auditAnswer,
  createdKeyAnswer,
  diagnosisAnswer,
  diagnosisListed,
  gapAnswer,
  keyAnswer,
  loginAnswer,
} from './record-shapes.ts';
import {
  answerOf,
  appIdNumber,
  appItemPath,
  appPath,
  defaultPageLimit,
  oneOf,
  orNull,
  pageLimit,
  pageOf,
  shortText,
} from './shape-parts.ts';

const exact = { additionalProperties: false };
const loginQuery = Type.Unsafe<{ readonly limit?: number; readonly userId?: string }>(
  Type.Object({ limit: Type.Optional(pageLimit), userId: Type.Optional(shortText(256)) }, exact),
);
const limitQuery = Type.Unsafe<{ readonly limit?: number }>(
  Type.Object({ limit: Type.Optional(pageLimit) }, exact),
);
const keyBody = Type.Unsafe<KeyRequest>(
  Type.Object(
    {
      name: shortText(100),
      scopes: Type.Array(oneOf(scopes), { minItems: 1, maxItems: scopes.length, uniqueItems: true }),
      appIds: orNull(Type.Array(appIdNumber, { minItems: 1, maxItems: 1_000 })),
    },
    exact,
  ),
);
const keyPath = Type.Unsafe<{ id: string }>(Type.Object({ id: shortText(64) }, exact));
const itemsOf = (item: Parameters<typeof pageOf>[0]) => answerOf({ items: Type.Array(item) });

/** What happened at the door of an app: refusals with their reasons, logins, counters. */
export function addRecordRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/diagnoses',
    {
      config: needs('diagnose', 'path'),
      schema: {
        summary: 'The newest diagnoses of an app',
        params: appPath,
        querystring: limitQuery,
        response: { 200: itemsOf(diagnosisListed) },
      },
    },
    async (request) => {
      const rows = await parts.ledger.diagnoses(
        request.params.appId,
        request.query.limit ?? defaultPageLimit,
      );
      return { items: rows.map(({ diagnosisId, at }) => ({ diagnosisId, at })) };
    },
  );
  api.get(
    '/apps/:appId/diagnoses/:id',
    {
      config: needs('diagnose', 'path'),
      schema: {
        summary:
          'Why a login was refused: the checks one by one, the claims of a token that opened, the hint',
        params: appItemPath,
        response: { 200: diagnosisAnswer },
      },
    },
    async (request) => {
      const { appId, id } = request.params;
      const why = await parts.why.findWhy(appId, id);
      if (why === undefined) throw new RoomkeyError('notFound');
      if ('dropped' in why)
        return { diagnosisId: id, dropped: true, alike: (why as { alike: number }).alike };
      return { diagnosisId: id, dropped: false, diagnosis: why };
    },
  );
  api.get(
    '/apps/:appId/logins',
    {
      config: needs('diagnose', 'path'),
      schema: {
        summary: 'The newest login records, and the spans in which records are missing',
        params: appPath,
        querystring: loginQuery,
        response: { 200: answerOf({ items: Type.Array(loginAnswer), gaps: Type.Array(gapAnswer) }) },
      },
    },
    async (request) => {
      const { limit = defaultPageLimit, userId } = request.query;
      const { appId } = request.params;
      const query = { appId, limit, ...(userId === undefined ? {} : { userId }) };
      const [rows, gaps] = await Promise.all([parts.ledger.logins(query), parts.ledger.gaps()]);
      return {
        gaps,
        items: rows.map(({ ruleOutcomes: [either, appSignFirst, both], ...row }) => ({
          ...row,
          ruleOutcomes: { either, appSignFirst, both },
        })),
      };
    },
  );
  api.get(
    '/apps/:appId/counters',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'Counters of logins since the server started',
        params: appPath,
      },
    },
    async (request) => parts.counters.snapshot(request.params.appId),
  );
}

/** The audit trail, and the API keys of the installation. */
export function addInstallationRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/audit',
    {
      config: needs('read', 'own'),
      schema: {
        summary: 'The audit trail, newest first; a key that is bound to apps sees their entries only',
        querystring: pageQuery,
        response: { 200: pageOf(auditAnswer) },
      },
    },
    async (request) => {
      const { limit = defaultPageLimit, cursor } = request.query;
      const before = cursor === undefined ? {} : { before: Number(readCursor(cursor, ['number'])[0]) };
      const { appIds } = callerOf(request);
      const rows = await parts.records.auditEntries({ appIds, limit: limit + 1, ...before });
      return cutPage(rows, limit, ({ seq }) => [seq]);
    },
  );
  api.get(
    '/audit/verify',
    {
      config: needs('read', 'all'),
      schema: {
        summary: 'Checks the chain of the audit trail from its first entry to its last',
        response: {
          200: answerOf({
            ok: Type.Boolean(),
            entries: Type.Integer(),
            brokenAt: Type.Optional(Type.Integer()),
          }),
        },
      },
    },
    async () => await parts.audit.verify(),
  );
  addKeyRoutes(api, parts);
}

function addKeyRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/keys',
    {
      config: needs('secrets', 'all'),
      schema: {
        summary: 'The API keys, newest first, the revoked ones too; never their texts',
        response: { 200: itemsOf(keyAnswer) },
      },
    },
    async () => ({ items: await parts.keys.list() }),
  );
  api.post(
    '/keys',
    {
      config: { ...needs('secrets', 'all'), showsSecret: true },
      schema: {
        summary: 'Makes a key with scopes, bound to apps or to none; its text is shown in this answer only',
        body: keyBody,
        response: { 201: createdKeyAnswer },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const own = callerOf(request).scopes;
      if (!body.scopes.every((scope) => own.includes(scope))) throw new RoomkeyError('forbidden');
      if (body.appIds?.some((appId) => parts.rules.find(appId) === undefined)) {
        throw new RoomkeyError('validation', { details: ['body/appIds: no such app'] });
      }
      const created = await parts.keys.create(body, actorOf(request));
      void reply.code(201).header('location', `/api/v1/keys/${created.key.keyId}`);
      return created;
    },
  );
  api.delete(
    '/keys/:id',
    {
      config: needs('secrets', 'all'),
      schema: {
        summary: 'Revokes a key for good; the key that calls cannot revoke itself',
        params: keyPath,
        response: { 200: keyAnswer },
      },
    },
    async (request) => {
      // Otherwise one call could lock the owner out with the last key (SC5).
      if (request.params.id === callerOf(request).keyId) throw new RoomkeyError('wrongState');
      return await parts.keys.revoke(request.params.id, actorOf(request));
    },
  );
}
