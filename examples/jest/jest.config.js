// the tests in both kinds of environment that Jest has
module.exports = {
  projects: ['node', 'jsdom'].map((testEnvironment) => ({ displayName: testEnvironment, testEnvironment })),
};
