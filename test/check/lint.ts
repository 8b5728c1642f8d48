import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint } from 'eslint'

const root = join(import.meta.dirname, '../..')
const house = join(import.meta.dirname, 'fixtures/house')

/** The project's own ESLint configuration, with a house of a dozen small files as its root. */
const linter = new ESLint({
  cwd: house,
  overrideConfigFile: join(root, 'eslint.config.js'),
  // Under CI=true typescript-eslint would take each file as it is on the disk, and not look at the text given here.
  overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } },
})

/**
 * What `rule` finds when `source` stands in the place of `path`, which must be a file of the fixture.
 * One `line: message` each.
 */
export async function lint(rule: string, path: string, source: string): Promise<string[]> {
  const [{ messages }] = await linter.lintText(source, { filePath: path })
  // The type service goes on with the text it saw last, so show it the file's own again.
  await linter.lintText(readFileSync(join(house, path), 'utf8'), { filePath: path })

  const broken = messages.find((message) => message.fatal)
  if (broken) throw new Error(broken.message)
  return messages.filter(({ ruleId }) => ruleId === rule).map(({ line, message }) => `${line}: ${message}`)
}
