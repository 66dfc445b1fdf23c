import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import Type from 'typebox';
import { guardRoutes, needs } from './access-rule.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { addAppRoutes, addSecretRoutes } from './app-routes.ts';
import { createFailedAttempts } from './failed-attempts.ts';
import { addHealthRoutes } from './health-routes.ts';
import { keepAnswers } from './idempotent-writes.ts';
import { bodyMaxBytes, takeJsonOnly } from './json-body.ts';
import { describeRoutes } from './open-api-document.ts';
import { addPolicyRoutes } from './policy-routes.ts';
import { answerNotFound, problemFrom, sendProblem } from './problem.ts';
import { addInstallationRoutes, addRecordRoutes } from './record-routes.ts';
import { requestValidator } from './request-validator.ts';
import { addSecurityHeaders, securityHeaders } from './security-headers.ts';
import { addRevocationRoutes, addSessionRoutes } from './session-routes.ts';

/**
 * The owner's HTTP API with health and figures, on a server of its own that is not listening yet (API1, API2, API4).
 *
 * Its HTTP server is shared with the signal connection, which takes the upgrades.
 */
export function createApi(parts: ApiParts): Api {
  const isHttps = parts.https === true;
  const api = fastify({
    logger: false,
    bodyLimit: bodyMaxBytes,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, _request, reply) => {
      // No hook has run for what is no address at all.
      void sendProblem(reply.headers(securityHeaders(isHttps)), problemFrom(error, parts.logger));
    },
  }).withTypeProvider<TypeBoxTypeProvider>() as Api;
  api.setValidatorCompiler(requestValidator);
  takeJsonOnly(api as never);
  addSecurityHeaders(api as never, isHttps);
  const attempts = createFailedAttempts(parts.clock);
  const addressOf = (request: {
    raw: Parameters<NonNullable<ApiParts['addressOf']>>[0];
    ip: string;
  }): string => parts.addressOf?.(request.raw) ?? request.ip;
  guardRoutes(api as never, {
    keys: parts.keys,
    attempts,
    addressOf,
    hasApp: (appId) => parts.rules.find(appId) !== undefined,
  });
  keepAnswers(api as never, parts.idempotency, parts.logger);
  api.setErrorHandler((error, _request, reply) => sendProblem(reply, problemFrom(error, parts.logger)));
  api.setNotFoundHandler(answerNotFound);
  readFigures(parts);
  api.addHook('onClose', async () => parts.metrics.stop());
  describeRoutes(api);
  registerRoutes(api, parts);
  return api;
}

/** The OpenAPI document, made from the routes alone: the one that is served, and checked in (API1). */
export async function describeApi(): Promise<object> {
  const api = fastify({
    logger: false,
    exposeHeadRoutes: false,
  }).withTypeProvider<TypeBoxTypeProvider>() as Api;
  api.setValidatorCompiler(requestValidator);
  describeRoutes(api);
  // Handlers alone use their parts, and none is called.
  registerRoutes(api, {} as ApiParts);
  await api.ready();
  return api.swagger();
}

// Plugins of their own: they are loaded after the maker of the document, which sees every route that follows it.
function registerRoutes(api: Api, parts: ApiParts): void {
  void api.register(async (scope) => addHealthRoutes(scope as unknown as Api, parts));
  void api.register(async (scope) => addRoutes(scope as unknown as Api, parts), { prefix: '/api/v1' });
}

function addRoutes(api: Api, parts: ApiParts): void {
  addAppRoutes(api, parts);
  addSecretRoutes(api, parts);
  addPolicyRoutes(api, parts);
  addSessionRoutes(api, parts);
  addRevocationRoutes(api, parts);
  addRecordRoutes(api, parts);
  addInstallationRoutes(api, parts);
  api.get(
    '/openapi.json',
    {
      config: needs('read', 'none'),
      schema: {
        summary: 'This document',
        response: { 200: Type.Object({}, { additionalProperties: true }) },
      },
    },
    async () => api.swagger(),
  );
}

function readFigures({ metrics, ownerDesk, ledger, rules }: ApiParts): void {
  metrics.readFrom({
    sessions: () => ownerDesk.counts(),
    ledgerLagMs: () => ledger.lagMs,
    ledgerGaps: () => ledger.gaps(),
    revocations: () => rules.list().reduce((sum, each) => sum + each.revocations.size, 0),
  });
}
