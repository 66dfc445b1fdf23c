export default {
  title: 'types (tsc, all packages)',
  run: ({ gate }) => gate('tsc', ['-b']),
};
