import Type from 'typebox';
import { needs, openToAll } from './access-rule.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { answerOf } from './shape-parts.ts';

const readinessAnswer = answerOf({ ready: Type.Boolean(), missing: Type.Array(Type.String()) });

/** Health, readiness and figures: the first two are the only routes without a key (SC1, API4). */
export function addHealthRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/healthz',
    {
      config: openToAll,
      schema: {
        summary: 'Answers while the process lives',
        response: { 200: answerOf({ ok: Type.Boolean() }) },
      },
    },
    async () => ({ ok: true }),
  );
  api.get(
    '/readyz',
    {
      config: openToAll,
      schema: {
        summary: 'Answers 200 once logins are served, else 503 with what is missing',
        response: { 200: readinessAnswer, 503: readinessAnswer },
      },
    },
    async (_request, reply) => {
      const { ready, missing } = parts.readiness();
      void reply.code(ready ? 200 : 503);
      return { ready, missing: [...missing] };
    },
  );
  // The figures name apps: a key that is bound to some must not see the others (API2).
  const config = parts.metricsOpen === true ? openToAll : needs('read', 'all');
  const schema = { summary: 'Figures as Prometheus text', produces: ['text/plain'] };
  api.get('/metrics', { config, schema }, async (_request, reply) => {
    void reply.type(parts.metrics.contentType);
    return await parts.metrics.text();
  });
}
