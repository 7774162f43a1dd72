import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/dist/', 'docs/site/', 'test/docs/.blocks/'] },
  // examples that are projects of their own, with settings of their own
  {
    ignores: [
      'examples/{plain-html,vite-typescript,next,webpack,web-worker,node-esm,node-commonjs,node-threads,jest}/',
      'examples/{mobilenet,signal,table,text}/',
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-len': [
        'error',
        { code: 110, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // indexing gives `T | undefined` here; where a loop's bound is the proof, `!` says so
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowArray: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // the public door is called from JavaScript too, and TF.js has null where its types have not
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // `model.predict<Tensor>(x)` reads better than a cast
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@tensorflow/tfjs', '@tensorflow/tfjs-converter', '@tensorflow/tfjs-backend-*'],
              message: 'The library needs tfjs-core and tfjs-layers only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/image/**'], // a picture is made of values
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^(dataSync|arraySync|data|array|bytes)$/][arguments.length=0]',
          message: 'The library reads no value back from the device.',
        },
      ],
    },
  },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
