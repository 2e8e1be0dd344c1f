/** What the linter refuses. Inline exceptions are switched off: a rule that needs one is argued about here, once. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

const code = ['**/*.ts', '**/*.svelte'];

export default ts.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'dist-single/',
      'tour/',
      '.cache/',
      'public/',
      'workers/**/*.as.ts',
      'workers/kernels/**/*.wasm.ts',
    ],
  },
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'no-undef': 'off', // TypeScript knows better, and knows which of the three worlds a file lives in
      eqeqeq: ['error', 'always'],
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-console': ['error', { allow: ['error'] }], // a bug is said where developers look; journeys fail on it
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: code,
    rules: {
      // Chance comes in by the door: a seeded source in the workers, crypto for names on the page.
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Use the seeded source (context.random).' }],
    },
  },
  {
    // Rules that need types: a promise nobody waits for is a job whose failure nobody sees.
    files: ['src/**/*.ts', 'workers/**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.page.json', './tsconfig.worker.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // The policy forbids style="…" in markup. style:name={value} is set by script, and is allowed; the rule below tells the two apart.
      'no-restricted-syntax': [
        'error',
        { selector: 'SvelteAttribute[key.name="style"]', message: 'The policy forbids it: use style:name={value}.' },
      ],
      'svelte/no-inline-styles': 'off',
      // Props are taken apart with `let`, because Svelte assigns to them.
      'prefer-const': 'off',
      // Maps and Sets in state are replaced whole, never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
      // It asks the compiler without its options and calls warnings unused that svelte-check does give.
      'svelte/no-unused-svelte-ignore': 'off',
      // The app has no router and no server: links are in-page anchors.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['config/**', '*.config.ts', 'test/**'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
);
