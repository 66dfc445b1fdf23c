export default {
  title: 'paths, commands and languages of the documents',
  run: ({ gate }) => gate('node', ['tools/check-docs.mjs']),
};
