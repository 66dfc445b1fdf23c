import Type, { type TUnsafe } from 'typebox';
import { type AppId, type AppSignState, createSecretId, createServerSecret, type SecretState } from '#apps';
import { RoomkeyError } from '#kernel';
import type { AppRules } from '#policy';
import { callerOf, mayTouch, needs } from './access-rule.ts';
import { type Api, type ApiParts, actorOf, type ImportRequest } from './api-parts.ts';
import { cutPage, readCursor } from './page-cursor.ts';
import { addedSecretAnswer, appAnswer, createdAppAnswer, secretAnswer } from './record-shapes.ts';
import { answerChange, changeAnswers, changeQuery, rulesOf } from './rules-change.ts';
import {
  answerOf,
  appIdNumber,
  appItemPath,
  appPath,
  cursorText,
  defaultPageLimit,
  oneOf,
  pageLimit,
  pageOf,
  shortText,
  whyText,
} from './shape-parts.ts';

const exact = { additionalProperties: false };
const appSignText = shortText(200);
const secretTextIn = shortText(200);

/** What a list of pages takes. */
export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** The query of a paged list. */
export const pageQuery: TUnsafe<PageQuery> = Type.Unsafe<PageQuery>(
  Type.Object({ limit: Type.Optional(pageLimit), cursor: Type.Optional(cursorText) }, exact),
);

const createBody = Type.Unsafe<{ readonly name: string; readonly appId?: AppId }>(
  Type.Object({ name: shortText(200), appId: Type.Optional(appIdNumber) }, exact),
);
const importBody = Type.Unsafe<ImportRequest>(
  Type.Object(
    {
      appId: appIdNumber,
      name: shortText(200),
      appSign: Type.Optional(appSignText),
      secrets: Type.Array(secretTextIn, { minItems: 0, maxItems: 8 }),
    },
    exact,
  ),
);
const originsBody = Type.Unsafe<{ readonly allowedOrigins: readonly string[]; readonly why?: string }>(
  Type.Object(
    { allowedOrigins: Type.Array(shortText(300), { maxItems: 100 }), why: Type.Optional(whyText) },
    exact,
  ),
);
const secretBody = Type.Unsafe<{
  readonly secretId?: string;
  readonly secret?: string;
  readonly why?: string;
}>(
  Type.Object(
    {
      secretId: Type.Optional(shortText(64)),
      secret: Type.Optional(secretTextIn),
      why: Type.Optional(whyText),
    },
    exact,
  ),
);
const secretStateBody = Type.Unsafe<{ readonly state: SecretState; readonly why?: string }>(
  Type.Object(
    { state: oneOf(['verifying', 'primary', 'retiring', 'retired']), why: Type.Optional(whyText) },
    exact,
  ),
);
const appSignBody = Type.Unsafe<{ readonly state: AppSignState; readonly why?: string }>(
  Type.Object({ state: oneOf(['active', 'suspended', 'destroyed']), why: Type.Optional(whyText) }, exact),
);

/** An app as it is answered. */
export function appBody({ app, policy, policyVersion, version }: AppRules): object {
  return { ...app, forced: policy.forced, policyVersion, rulesVersion: version };
}

/** Apps: list, make, import, look at, origins. */
export function addAppRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps',
    {
      config: needs('read', 'own'),
      schema: {
        summary: 'The apps this key is bound to, in the order of their numbers',
        querystring: pageQuery,
        response: { 200: pageOf(appAnswer) },
      },
    },
    async (request) => {
      const { limit = defaultPageLimit, cursor } = request.query;
      const [after = 0] = cursor === undefined ? [] : readCursor(cursor, ['number']);
      const key = callerOf(request);
      const apps = parts.rules.list().filter(({ appId }) => mayTouch(key, appId) && appId > Number(after));
      const page = cutPage(apps.slice(0, limit + 1), limit, ({ appId }) => [appId]);
      return { ...page, items: page.items.map(appBody) };
    },
  );
  api.post(
    '/apps',
    {
      config: { ...needs('secrets', 'all'), showsSecret: true },
      schema: {
        summary: 'Makes a new app: forced, with a secret and an AppSign that are shown in this answer only',
        body: createBody,
        response: { 201: createdAppAnswer },
      },
    },
    async (request, reply) => {
      const created = await parts.apps.createApp(request.body, actorOf(request));
      return answerCreated(parts, reply, created);
    },
  );
  api.post(
    '/apps/import',
    {
      config: { ...needs('secrets', 'all'), showsSecret: true },
      schema: {
        summary:
          'Brings an app along with its AppID, AppSign and the server secrets in use; none of them is shown again',
        body: importBody,
        response: { 201: createdAppAnswer },
      },
    },
    async (request, reply) => {
      const created = await parts.apps.importApp(request.body, actorOf(request));
      return answerCreated(parts, reply, created);
    },
  );
  addOneAppRoutes(api, parts);
}

function addOneAppRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'One app',
        params: appPath,
        response: { 200: appAnswer },
      },
    },
    async (request) => appBody(rulesOf(parts, request.params.appId)),
  );
  api.put(
    '/apps/:appId/origins',
    {
      config: needs('policy', 'path'),
      schema: {
        summary: 'Sets the web origins that may connect; none = any',
        params: appPath,
        querystring: changeQuery,
        body: originsBody,
        response: changeAnswers,
      },
    },
    async (request, reply) => {
      const { allowedOrigins, why } = request.body;
      const edit = { kind: 'origins', allowedOrigins } as const;
      return await answerChange(parts, request, reply, { appId: request.params.appId, edit, why });
    },
  );
}

/** Server secrets and AppSign of an app (AD12). */
export function addSecretRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/secrets',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'The server secrets of an app: their states, never their bytes',
        params: appPath,
        response: { 200: answerOf({ items: Type.Array(secretAnswer) }) },
      },
    },
    async (request) => ({ items: rulesOf(parts, request.params.appId).app.secrets }),
  );
  api.post(
    '/apps/:appId/secrets',
    {
      config: { ...needs('secrets', 'path'), showsSecret: true },
      schema: {
        summary: 'Adds a staged secret; without `secret` one is made and shown in this answer only',
        params: appPath,
        body: secretBody,
        response: { 201: addedSecretAnswer },
      },
    },
    async (request, reply) => {
      const { appId } = request.params;
      const { secretId = createSecretId(), secret, why } = request.body;
      const text = secret ?? createServerSecret();
      const edit = { kind: 'secretAdd', secretId, secret: text } as const;
      const { rules } = await parts.ownerDesk.change(appId, undefined, actorOf(request, why), edit);
      const added = rules.app.secrets.find((each) => each.secretId === secretId);
      void reply.code(201).header('location', `/api/v1/apps/${appId}/secrets/${secretId}`);
      return {
        secret: added,
        ...(secret === undefined ? { secretText: text } : {}),
        rulesVersion: rules.version,
      };
    },
  );
  api.patch(
    '/apps/:appId/secrets/:id',
    {
      config: needs('secrets', 'path'),
      schema: {
        summary:
          'Takes a secret to its next state; the old primary becomes retiring when another is promoted',
        params: appItemPath,
        querystring: changeQuery,
        body: secretStateBody,
        response: changeAnswers,
      },
    },
    async (request, reply) => {
      const { appId, id } = request.params;
      const { state: to, why } = request.body;
      const edit = { kind: 'secretState', secretId: id, to } as const;
      return await answerChange(parts, request, reply, { appId, edit, why });
    },
  );
  api.put(
    '/apps/:appId/appsign',
    {
      config: needs('secrets', 'path'),
      schema: {
        summary: 'Suspends the AppSign, resumes it, or destroys a suspended one for good',
        params: appPath,
        querystring: changeQuery,
        body: appSignBody,
        response: changeAnswers,
      },
    },
    async (request, reply) => {
      const { state: to, why } = request.body;
      const { appId } = request.params;
      return await answerChange(parts, request, reply, { appId, edit: { kind: 'appSign', to }, why });
    },
  );
}

type Created = Awaited<ReturnType<ApiParts['apps']['createApp']>>;

function answerCreated(
  parts: ApiParts,
  reply: { code(status: number): { header(name: string, value: string): unknown } },
  { app, appSign, secrets }: Created,
): object {
  const rules = parts.rules.find(app.appId);
  if (rules === undefined) throw new RoomkeyError('internal');
  void reply.code(201).header('location', `/api/v1/apps/${app.appId}`);
  return { app: appBody(rules), ...(appSign === undefined ? {} : { appSign }), secrets };
}
