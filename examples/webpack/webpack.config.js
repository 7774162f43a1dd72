const path = require('node:path');

module.exports = {
  mode: 'production',
  entry: './src/main.js',
  output: { path: path.join(__dirname, 'public'), filename: 'main.js' },
  performance: { hints: false }, // TF.js is what it is
};
