export default {
  title: 'promise rules (oxlint, type-aware)',
  run: ({ gate }) => gate('oxlint', ['--type-aware', '--config', 'oxlint.json', 'packages']),
};
