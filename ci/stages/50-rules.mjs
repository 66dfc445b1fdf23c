export default {
  title: 'every rule in force has a test',
  run: ({ gate }) => gate('node', ['tools/check-rules.mjs']),
};
