export default {
  title: 'format, lint, sizes (Biome)',
  run: ({ gate }) => gate('biome', ['check', '.']),
};
