import { readWorkspaces } from './tooling/workspaces.mjs';

/**
 * Modules that only some workspaces may import. A workspace that no `allowed` names may import none of them: a new one needs no entry.
 *
 * @type {readonly { readonly modules: readonly string[], readonly allowed: readonly string[], readonly message: string }[]}
 */
const BOUNDARIES = [
  {
    modules: ['@prisma/*', 'pg', 'pg/*', '**/generated/*'],
    allowed: ['packages/database'],
    message:
      "Only packages/database names Prisma or pg. Import { openDatabase } from '@switchboard/database', or write a verb in packages/chat.",
  },
  {
    modules: ['@switchboard/chat', '@switchboard/chat/*'],
    allowed: ['apps/web', 'apps/cli', 'bench'],
    message: 'This part must not import the rules of the chat. Use the HTTP API or a socket event (packages/protocol) instead.',
  },
  {
    modules: ['@switchboard/database', '@switchboard/database/*'],
    allowed: ['packages/chat', 'packages/jobs', 'apps/web', 'apps/cli', 'bench'],
    message: 'This part has no database. Use a verb of packages/chat, or the HTTP API.',
  },
  {
    modules: ['@switchboard/tokens'],
    allowed: ['packages/relay-client', 'apps/relay', 'apps/web', 'apps/cli', 'bench'],
    message: 'Tokens are minted and verified at the edges (apps/web, apps/relay, apps/cli) only; pass the verified claims in.',
  },
  {
    modules: ['react', 'react-dom', 'react/*', 'next', 'next/*', 'preact', 'preact/*'],
    allowed: ['apps/web', 'apps/widget'],
    message: 'User interfaces belong in apps/web or apps/widget.',
  },
  {
    modules: ['@switchboard/client'],
    allowed: ['packages/presentation', 'apps/web', 'apps/widget', 'bench'],
    message: "The browser client is for packages/presentation, apps/widget and apps/web's components only.",
  },
  {
    modules: ['@switchboard/presentation'],
    allowed: ['apps/web', 'apps/widget', 'bench'],
    message: "Presentation is only for apps/widget and apps/web's components.",
  },
  {
    modules: ['@switchboard/telemetry'],
    allowed: ['apps/relay', 'apps/web', 'apps/cli', 'bench'],
    message: 'Take the log or the metric as a parameter (see Context).',
  },
  {
    modules: ['@switchboard/config'],
    allowed: ['apps/relay', 'apps/web', 'apps/cli', 'apps/widget', 'bench'],
    message: 'Only apps read settings. Take the setting as a parameter.',
  },
  {
    modules: ['socket.io', 'socket.io/*', 'socket.io-client', 'node:http', 'node:https', 'express'],
    allowed: ['packages/client', 'packages/config', 'packages/relay-client', 'apps/relay', 'apps/web', 'apps/widget', 'apps/cli', 'bench'],
    message: 'The rules must not depend on a transport. Take what you need as a parameter; apps/web and apps/relay are the transports.',
  },
  {
    modules: ['**/apps/**', '**/packages/*/src/**'],
    // It runs on a clone with nothing installed, where workspaces can't be imported by name.
    allowed: ['tooling'],
    message: 'Import a workspace by its name (@switchboard/…), through its exports.',
  },
];

/** Modules that specific workspaces must not import either. */
const RESTRICTIONS = [
  {
    modules: ['@switchboard/protocol'],
    forbidden: ['packages/client', 'packages/presentation', 'apps/widget'],
    message:
      "Import types from '@switchboard/protocol/types', constants from '/limits', errors from '/errors': the index brings Zod, which no browser of a visitor should load.",
  },
  {
    modules: ['node:*', 'pino', 'prom-client', 'jose', 'socket.io*'],
    forbidden: ['packages/protocol'],
    message: 'protocol does no I/O: only schemas, types and constants.',
  },
  {
    modules: ['pino', 'prom-client', 'jose', 'socket.io*'],
    forbidden: ['packages/config'],
    message: 'config only reads and describes settings.',
  },
];

/** The stories may import every part of the system. */
const UNRESTRICTED = new Set(['e2e']);

/**
 * What a workspace may not import.
 * @param {string} folder
 */
function boundariesOf(folder) {
  const patterns = [
    ...RESTRICTIONS.filter(({ forbidden }) => forbidden.includes(folder)),
    ...BOUNDARIES.filter(({ allowed }) => !allowed.includes(folder)),
  ].map(({ modules, message }) => ({ group: modules, message }));
  return { files: [`${folder}/**`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'react', 'jsx-a11y', 'vitest'],
  categories: {
    correctness: 'error',
    suspicious: 'error',
    perf: 'error',
  },
  options: {
    typeAware: true,
  },
  env: {
    builtin: true,
  },
  ignorePatterns: ['**/generated/**', '**/dist/**', '**/.next/**', '**/node_modules/**', '**/next-env.d.ts'],
  rules: {
    'max-lines': [
      'error',
      {
        max: 300,
      },
    ],
    'max-lines-per-function': [
      'error',
      {
        max: 80,
        skipComments: true,
        skipBlankLines: true,
      },
    ],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/no-non-null-assertion': 'error',
    'no-console': 'error',
    eqeqeq: [
      'error',
      'always',
      {
        null: 'ignore',
      },
    ],
    'no-empty': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'no-await-in-loop': 'off',
    'react/react-in-jsx-scope': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-named-as-default': 'off',
    'no-shadow': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-condition': 'off',
    'unicorn/no-array-sort': 'error',
    'no-underscore-dangle': 'off',
    'no-control-regex': 'off',
    'no-restricted-properties': [
      'error',
      {
        object: 'process',
        property: 'env',
        message: "Only an app's config.ts reads the environment: names there, a parsed Config everywhere else.",
      },
    ],
    'vitest/valid-expect': [
      'error',
      {
        maxArgs: 2,
      },
    ],
    'vitest/expect-expect': [
      'error',
      {
        assertFunctionNames: ['expect', 'expectOrder', 'expectTyping'],
      },
    ],
  },
  overrides: [
    ...readWorkspaces(import.meta.dirname)
      .filter(({ folder }) => !UNRESTRICTED.has(folder))
      .map(({ folder }) => boundariesOf(folder)),
    {
      files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**', 'bench/**'],
      rules: {
        'max-lines-per-function': 'off',
        'no-restricted-properties': 'off',
        'typescript/no-non-null-assertion': 'off',
        'vitest/require-mock-type-parameters': 'off',
      },
    },
    {
      files: [
        '**/config.ts',
        '**/*.config.ts',
        'packages/telemetry/src/process-life.ts',
        'tooling/**',
        'packages/database/src/embedded/**',
      ],
      rules: {
        'no-restricted-properties': 'off',
      },
    },
    {
      files: ['apps/cli/**', 'bench/**', 'e2e/**', 'tooling/**'],
      rules: {
        'no-console': 'off',
      },
    },
    {
      files: ['apps/widget/**'],
      rules: {
        'react/immutability': 'off',
        'react/purity': 'off',
      },
    },
    {
      files: ['apps/web/app/**/*.tsx', 'apps/web/components/**/*.tsx', 'apps/widget/src/frame/**/*.tsx'],
      rules: { 'react/jsx-no-literals': 'error' },
    },
  ],
};
