import Type from 'typebox';
import { RoomkeyError } from '#kernel';
import { describeProblem, diffPolicies, type Policy, parsePolicy } from '#policy';
import { needs } from './access-rule.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { pageQuery } from './app-routes.ts';
import type { PolicyVersion } from './owner-records.ts';
import { cutPage, readCursor } from './page-cursor.ts';
import { policyAnswer, policyVersionAnswer } from './policy-shapes.ts';
import { answerChange, changeAnswers, changeQuery, etagOf, rulesOf, versionIfMatch } from './rules-change.ts';
import { appPath, defaultPageLimit, pageOf, wholeNumber, whyText } from './shape-parts.ts';

const exact = { additionalProperties: false };
const policyBody = Type.Unsafe<{ readonly policy: unknown; readonly why?: string }>(
  Type.Object(
    {
      policy: Type.Unknown({ description: 'the whole policy, with every field' }),
      why: Type.Optional(whyText),
    },
    exact,
  ),
);
const restoreBody = Type.Unsafe<{ readonly why?: string } | null>(
  Type.Union([Type.Object({ why: Type.Optional(whyText) }, exact), Type.Null()]),
);
const versionPath = Type.Unsafe<{ appId: number; version: number }>(
  Type.Object({ appId: wholeNumber(1, 0xffff_ffff), version: wholeNumber(1) }, exact),
);

/** The policy of an app: read, change under `If-Match`, history, restore (MG10). */
export function addPolicyRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/policy',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'The policy in force; the ETag is the version of the rules',
        params: appPath,
        response: { 200: policyAnswer },
      },
    },
    async (request, reply) => {
      const rules = rulesOf(parts, request.params.appId);
      void reply.header('etag', etagOf(rules));
      const { policy, policyVersion, version, changedAt } = rules;
      return { policy, policyVersion, rulesVersion: version, changedAt };
    },
  );
  api.put(
    '/apps/:appId/policy',
    {
      config: needs('policy', 'path'),
      schema: {
        summary: 'Replaces the policy; `If-Match` carries the ETag it was read under',
        params: appPath,
        querystring: changeQuery,
        body: policyBody,
        response: changeAnswers,
      },
    },
    async (request, reply) => {
      const { appId } = request.params;
      const ifVersion = versionIfMatch(request);
      const parsed = parsePolicy(request.body.policy);
      if (!parsed.ok) {
        const details = parsed.problems.map((problem) => `body/policy${describeProblem(problem)}`);
        throw new RoomkeyError('validation', { details });
      }
      return await answerPolicyChange(parts, request, reply, {
        appId,
        ifVersion,
        policy: parsed.policy,
        why: request.body.why,
      });
    },
  );
  addHistoryRoutes(api, parts);
}

function addHistoryRoutes(api: Api, parts: ApiParts): void {
  api.get(
    '/apps/:appId/policy/history',
    {
      config: needs('read', 'path'),
      schema: {
        summary: 'The versions of the policy, newest first: who, when, why, and what changed',
        params: appPath,
        querystring: pageQuery,
        response: { 200: pageOf(policyVersionAnswer) },
      },
    },
    async (request) => {
      const { limit = defaultPageLimit, cursor } = request.query;
      const before = cursor === undefined ? undefined : Number(readCursor(cursor, ['number'])[0]);
      // One more than the page shows, and one more to compare the last one with.
      const rows = await parts.records.policyVersions(request.params.appId, before, limit + 2);
      const page = cutPage(rows.slice(0, limit + 1), limit, ({ version }) => [version]);
      return {
        ...page,
        items: page.items.map((version) => ({ ...version, changes: changesOf(version, rows) })),
      };
    },
  );
  api.post(
    '/apps/:appId/policy/restore/:version',
    {
      config: needs('policy', 'path'),
      schema: {
        summary: 'Makes an earlier version the policy again, as a new version',
        params: versionPath,
        querystring: changeQuery,
        body: restoreBody,
        response: changeAnswers,
      },
    },
    async (request, reply) => {
      const { appId, version } = request.params;
      const ifVersion = versionIfMatch(request);
      const kept = await parts.records.findPolicyVersion(appId, version);
      if (kept === undefined) throw new RoomkeyError('notFound');
      // Fields that came after that version keep today's values.
      const policy = { ...rulesOf(parts, appId).policy, ...kept.policy };
      return await answerPolicyChange(parts, request, reply, {
        appId,
        ifVersion,
        policy,
        why: request.body?.why,
      });
    },
  );
}

interface PolicyChange {
  readonly appId: number;
  readonly ifVersion: number;
  readonly policy: Policy;
  readonly why: string | undefined;
}

/** Forcing Token needs the number of running sessions it hits repeated (MG10). */
async function answerPolicyChange(
  parts: ApiParts,
  request: Parameters<typeof answerChange>[1],
  reply: Parameters<typeof answerChange>[2],
  change: PolicyChange,
): Promise<object> {
  const { appId, ifVersion, policy, why } = change;
  const needsConfirm = policy.forced && !rulesOf(parts, appId).policy.forced;
  return await answerChange(parts, request, reply, {
    appId,
    edit: { kind: 'policy', policy },
    why,
    ifVersion,
    needsConfirm,
  });
}

function changesOf(version: PolicyVersion, rows: readonly PolicyVersion[]): readonly object[] {
  const before = rows.find((row) => row.kind === version.kind && row.version < version.version);
  return before === undefined ? [] : diffPolicies(before.policy, version.policy);
}
