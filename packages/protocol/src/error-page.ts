import { closeCodes } from './close-codes.ts';
import type { ErrorRetry, ErrorSource } from './error-facts.ts';
import { type ErrorRow, errorTable } from './error-table.ts';

/** A language of the documents. */
export type PageLanguage = 'en' | 'zh';

interface PageWords {
  readonly title: string;
  readonly intro: readonly string[];
  readonly head: readonly string[];
  readonly retry: Readonly<Record<ErrorRetry, string>>;
  readonly source: Readonly<Record<ErrorSource, string>>;
  readonly none: string;
  readonly closeTitle: string;
  readonly closeHead: readonly string[];
  readonly policy: Readonly<Record<(typeof closeCodes)[keyof typeof closeCodes]['clientPolicy'], string>>;
}

const words: Readonly<Record<PageLanguage, PageWords>> = {
  en: {
    title: '# Error codes',
    intro: [
      'Written from the error table of `packages/protocol`; do not edit by hand.',
      'An error on the wire carries the number, the name and, after a refusal, a diagnosis id for the owner. Several names may share one number.',
    ],
    head: [
      'Code',
      'Name',
      'What happened, why, what to do',
      'Then',
      'HTTP',
      'Close',
      "Vendor's name",
      'Source',
    ],
    retry: { never: 'do not retry', newToken: 'with a new Token', now: 'at once', after: 'after a wait' },
    source: {
      vendor: 'published by the vendor',
      vendorNumber: "vendor's number, our meaning",
      roomkey: 'ours',
    },
    none: '–',
    closeTitle: '## Close codes',
    closeHead: ['Code', 'Name', 'Reason', 'The client engine'],
    policy: {
      never: 'stays closed',
      newToken: 'gets a new Token, then logs in',
      resumeNow: 'resumes at once',
      resumeAfter: 'resumes after a wait',
    },
  },
  zh: {
    title: '# 错误码',
    intro: [
      '本页由 `packages/protocol` 的错误表生成，请勿手工修改。',
      '线上返回的错误包含数字和名称，被拒绝时还有供应用负责人查询的诊断码。多个名称可以共用同一个数字。',
    ],
    head: ['错误码', '名称', '发生了什么、原因、怎么办', '之后', 'HTTP', '关闭码', '厂商名称', '来源'],
    retry: { never: '不要重试', newToken: '使用新的 Token', now: '立即重试', after: '稍后重试' },
    source: {
      vendor: '厂商公开的错误码',
      vendorNumber: '厂商数字，含义由 Roomkey 细分',
      roomkey: 'Roomkey 自有',
    },
    none: '–',
    closeTitle: '## 关闭码',
    closeHead: ['关闭码', '名称', '原因', '客户端引擎的处理'],
    policy: {
      never: '保持关闭',
      newToken: '获取新的 Token 后重新登录',
      resumeNow: '立即恢复会话',
      resumeAfter: '等待后恢复会话',
    },
  },
};

function tableRow(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function headRows(head: readonly string[]): string[] {
  return [tableRow(head), tableRow(head.map(() => '---'))];
}

function errorRow(row: ErrorRow, language: PageLanguage): string {
  const { none, retry, source } = words[language];
  return tableRow([
    row.code,
    `<a id="${row.name.toLowerCase()}"></a>\`${row.name}\``,
    row[language],
    retry[row.retry],
    row.httpStatus,
    row.closeCode ?? none,
    row.vendorName === undefined ? none : `\`${row.vendorName}\``,
    source[row.source],
  ]);
}

/** The page `docs/errors.md` or `docs/errors.zh-CN.md`: every row of the error table and of the close codes. */
export function errorPage(language: PageLanguage): string {
  const { title, intro, head, closeTitle, closeHead, policy } = words[language];
  return [
    title,
    '',
    ...intro,
    '',
    ...headRows(head),
    ...errorTable.map((row) => errorRow(row, language)),
    '',
    closeTitle,
    '',
    ...headRows(closeHead),
    ...Object.entries(closeCodes).map(([name, row]) =>
      tableRow([row.code, `\`${name}\``, row.reason, policy[row.clientPolicy]]),
    ),
    '',
  ].join('\n');
}
