/** What commands about a server say, in English and Chinese (LK4). */
export const serverPhrases = {
  stopping: ['Stopping.', '正在停止。'],
} as const;
