import { spawn } from 'node:child_process'
import { relative } from 'node:path'
import type { Finding } from './finding.ts'

export async function prettier(root: string): Promise<Finding[]> {
  const out = await run(root, 'prettier/bin/prettier.cjs', ['--list-different', '.'])
  return explained(
    out,
    out.stdout
      .split('\n')
      .filter((path) => path !== '')
      .map((path) => ({ path, line: 1, message: 'not formatted: npm run format', rule: 'prettier' })),
  )
}

interface LintResult {
  readonly filePath: string
  readonly messages: readonly { readonly line?: number; readonly message: string; readonly ruleId: string | null }[]
}

export async function eslint(root: string): Promise<Finding[]> {
  const out = await run(root, 'eslint/bin/eslint.js', ['--max-warnings', '0', '--format', 'json', '.'])
  const results = out.stdout.startsWith('[') ? (JSON.parse(out.stdout) as LintResult[]) : []
  return explained(
    out,
    results.flatMap(({ filePath, messages }) =>
      messages.map(({ line = 1, message, ruleId }) => ({
        path: relative(root, filePath),
        line,
        message,
        rule: ruleId ?? 'eslint',
      })),
    ),
  )
}

export async function tsc(root: string, project: string): Promise<Finding[]> {
  const out = await run(root, 'typescript/bin/tsc', ['--project', project, '--pretty', 'false'])
  return explained(
    out,
    [...out.stdout.matchAll(/^(?:(.+?)\((\d+),\d+\): )?error (TS\d+): (.*)$/gm)].map(
      ([, path = project, line = '1', code, message]) => ({ path, line: Number(line), message, rule: code }),
    ),
  )
}

interface Output {
  readonly tool: string
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A tool that failed without a finding we can read has crashed, which is no pass. */
function explained({ tool, code, stdout, stderr }: Output, findings: Finding[]): Finding[] {
  if (code === 0 || findings.length > 0) return findings
  return [{ path: 'package.json', line: 1, message: `exit ${code}: ${stderr}${stdout}`, rule: tool.split('/')[0] }]
}

function run(root: string, tool: string, args: string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`node_modules/${tool}`, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ tool, code, stdout, stderr }))
  })
}
