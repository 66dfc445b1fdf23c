import { limits } from '../../packages/protocol/src/limits.ts';

/** The words of the picture in one language. */
export interface PictureWords {
  readonly title: string;
  readonly appSign: string;
  readonly token: string;
  readonly login: string;
  readonly warning: string;
  readonly renewed: string;
  readonly end: string;
  readonly soft: string;
  readonly hard: string;
  readonly forced: string;
}

const secondsLeft = [limits.warnBeforeEndMs, limits.lastWarnBeforeEndMs].map((ms) => `−${ms / 1000} s`);

// Colours mean the same everywhere: AppSign amber, Token teal, forced indigo, warning orange, gone grey (LK2).
const style = `
  svg { font: 15px system-ui, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif; font-variant-numeric: tabular-nums }
  .page { fill: #fff } text { fill: #1c2430 } .small { font-size: 13px } .mid { text-anchor: middle }
  .appsign { fill: #f2b84b } .token { fill: #0f766e } .forced { stroke: #4953c4 } .gone { fill: #d5d9df }
  .warn { stroke: #d9630b } .line { stroke: #1c2430 } .on { fill: #fff; font-weight: 600 } .dark { fill: #3a2a00; font-weight: 600 }
  .is-warn { fill: #b04f06 } .is-forced { fill: #4953c4 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #11161d } text { fill: #e8ecf2 } .line { stroke: #e8ecf2 } .gone { fill: #39424e }
    .on { fill: #fff } .dark { fill: #3a2a00 } .is-warn { fill: #f59a52 } .is-forced, .forced { fill: #a9b0ff; stroke: #a9b0ff }
    .is-forced { stroke: none }
  }`;

const mark = (x: number, from: number, to: number, kind: string): string =>
  `<line class="${kind}" x1="${x}" y1="${from}" x2="${x}" y2="${to}" stroke-width="2"/>`;
const text = (x: number, y: number, words: string, kind = ''): string =>
  `<text x="${x}" y="${y}"${kind === '' ? '' : ` class="${kind}"`}>${words}</text>`;
const bar = (x: number, y: number, width: number, kind: string): string =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="34" rx="6"/>`;

/** Draws one lease from login to its end, beside an AppSign, as SVG; not to scale. */
export function drawLeasePicture(words: PictureWords): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 224" role="img" aria-label="${words.title}">`,
    `<style>${style}\n</style>`,
    '<rect class="page" width="880" height="224" rx="10"/>',
    bar(24, 24, 576, 'appsign'),
    text(40, 46, words.appSign, 'dark'),
    `<line class="forced" x1="600" y1="14" x2="600" y2="68" stroke-width="4"/>`,
    text(612, 46, words.forced, 'is-forced'),
    bar(24, 128, 420, 'token'),
    bar(448, 128, 180, 'token'),
    bar(632, 128, 224, 'gone'),
    text(40, 150, words.token, 'on'),
    mark(24, 116, 174, 'line'),
    text(24, 194, words.login, 'small'),
    mark(350, 116, 174, 'warn'),
    mark(410, 116, 174, 'warn'),
    text(350, 108, secondsLeft[0] ?? '', 'small mid is-warn'),
    text(410, 108, secondsLeft[1] ?? '', 'small mid is-warn'),
    text(380, 194, words.warning, 'small mid is-warn'),
    text(538, 150, words.renewed, 'mid on'),
    mark(630, 116, 210, 'line'),
    text(630, 108, words.end, 'small mid'),
    bar(632, 168, 224, 'gone'),
    text(644, 149, words.soft, 'small'),
    text(644, 189, words.hard, 'small'),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

/** The words in both languages. */
export const pictureWords: Readonly<Record<'en' | 'zh', PictureWords>> = {
  en: {
    title: 'AppSign beside a Token: the warnings, the renewal and the end of a lease',
    appSign: 'AppSign: one key for every client, it never expires',
    token: 'Token: one user, until it ends',
    login: 'login',
    warning: 'warned',
    renewed: 'renewed in time',
    end: 'end',
    soft: 'soft: stays, no new streams',
    hard: 'hard: removed everywhere',
    forced: 'forced Token: no way in',
  },
  zh: {
    title: 'AppSign 与 Token：会话租约的提醒、更新与结束',
    appSign: 'AppSign：所有客户端共用一个密钥，永不过期',
    token: 'Token：只属于一个用户，到期失效',
    login: '登录房间',
    warning: '即将过期',
    renewed: '及时更新',
    end: '到期',
    soft: 'soft：留在房间，不能新推流',
    hard: 'hard：从各处移除',
    forced: '强制 Token 鉴权：不能登录',
  },
};
