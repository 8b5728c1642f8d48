import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { errnoInBand } from './scripts/check/rules/errno-in-band.js'
import { oneWay } from './scripts/check/rules/one-way.js'
import { sleepInType } from './scripts/check/rules/sleep-in-type.js'

// The rules are plain JavaScript, checked by tsc through JSDoc: ESLint loads them on every Node that
// the project supports, with no loader in between.
const house = /** @type {import('eslint').ESLint.Plugin} */ (
  /** @type {unknown} */ ({
    rules: { 'sleep-in-type': sleepInType, 'errno-in-band': errnoInBand, 'one-way': oneWay },
  })
)

const MACHINE = ['kernel/**/*.ts', 'syscalls/**/*.ts', 'userland/**/*.ts']
const TABLES = ['syscalls/table.ts', 'kernel/errno.ts', 'kernel/windows.ts']
const CONFIGS = ['*.config.ts', '*.config.js']

const AMBIENT = [
  ...['Date', 'performance', 'process', 'Buffer', 'console', 'crypto', 'globalThis', 'Promise'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'],
]

const SYNTAX = [
  { selector: 'TSEnumDeclaration', message: 'no enum: constants, and a type over them' },
  { selector: 'ExportAllDeclaration:not([exported])', message: 'no barrel: import from the file that has it' },
]
const DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'no default export: what is imported has one name',
}
const PROMISE = { selector: 'TSTypeReference[typeName.name=/^Promise/]', message: 'what may sleep is a Sleeps' }

export default defineConfig(
  globalIgnores(['node_modules', 'dist', 'coverage', 'test/check/fixtures/**', 'scripts/check/memfs.d.ts']),
  tseslint.configs.recommendedTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { house },
    rules: {
      'house/one-way': 'error',
      'house/sleep-in-type': 'error',
      'max-lines': ['error', 400],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...SYNTAX, DEFAULT_EXPORT],
      // With verbatimModuleSyntax, `import { type T }` still loads the module.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // There is no enum here to protect; the parser's own are compared with their strings.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // tsc says it already.
      '@typescript-eslint/no-unused-vars': 'off',
      // A function that sleeps in Linux is a generator here, whether or not it has anything to wait for.
      'require-yield': 'off',
    },
  },
  { files: CONFIGS, rules: { 'no-restricted-syntax': ['error', ...SYNTAX] } },
  {
    files: MACHINE,
    rules: {
      'house/errno-in-band': 'error',
      'no-restricted-syntax': ['error', ...SYNTAX, DEFAULT_EXPORT, PROMISE],
      'no-restricted-globals': [
        'error',
        ...AMBIENT.map((name) => ({ name, message: 'no-ambient: not of the machine' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'no-ambient: use the seed' },
      ],
    },
  },
  { files: TABLES, rules: { 'max-lines': 'off' } },
)
