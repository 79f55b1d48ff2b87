// For dependency-cruiser, which understands the resolve options of webpack: `#kernel/…` is libs/kernel/src/….
const { resolve } = require('node:path');
const { imports } = require('../package.json');

module.exports = {
  resolve: {
    alias: Object.fromEntries(
      Object.entries(imports).map(([alias, target]) => [
        alias.replace('/*', ''),
        resolve(target.replace('./dist/', '').replace('/*', '')),
      ]),
    ),
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
};
