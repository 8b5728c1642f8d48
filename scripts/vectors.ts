import { createInterface } from 'node:readline'
import { runCase, type Case } from './vectors/case.ts'

/**
 * Read cases from standard input, a JSON object a line, and write what this kernel does in each. The
 * format is in test/vectors/README.md.
 */
let out: string[] = []
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue
  const { id, case: c } = JSON.parse(line) as { id: string; case: Case }
  out.push(JSON.stringify({ id, ...runCase(c) }))
  if (out.length === 500) flush()
}
flush()

function flush(): void {
  if (out.length > 0) process.stdout.write(`${out.join('\n')}\n`)
  out = []
}
