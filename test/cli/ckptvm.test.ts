import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boot } from '../../index.ts'
import { bundled, node, root, temporary } from '../support/cli.ts'

const folder = temporary()
const script = await bundled(folder, 'ckptvm')

function ckptvm(args: readonly string[], input: string | Uint8Array = '') {
  // TypeScript programs need a loader.
  const typescript = args.some((arg) => arg.endsWith('.ts')) ? ['--import', 'tsx'] : []
  return node([...typescript, script, ...args], input)
}

function file(name: string, text: string | Uint8Array): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const maker = boot({ cmdline: 'ckpt_debug=0' })
maker.spawn('/bin/self_checkpoint', ['/tmp/image', 'counter'])
maker.run()
const IMAGE = maker.readFile('/tmp/image')

describe('ckptvm run', () => {
  test('runs a program of the machine on standard input and output, and exits with its status', () => {
    expect(ckptvm(['run', 'sh', '-c', 'read line; echo "got $line"; exit 7'], 'hello\n')).toEqual({
      status: 7,
      stdout: 'got hello\n',
      stderr: '',
    })
  })

  test('runs a TypeScript file that exports main, with a folder copied in, a user and an environment', () => {
    mkdirSync(join(folder, 'data/inner'), { recursive: true })
    file('data/inner/name', 'from outside')
    const program = file(
      'reader.ts',
      `import type { Libc } from '${root}/index.ts'
export function* main(sys: Libc, argv: readonly string[], envp: readonly string[]) {
  const buf = sys.alloc(64)
  const fd = yield* sys.open('/mnt/inner/name', 0)
  const n = yield* sys.read(fd, buf, 64)
  yield* sys.print(\`\${new TextDecoder().decode(sys.load(buf, n))} \${argv[1]} \${envp.includes('A=b')} \`)
  yield* sys.print(\`\${yield* sys.syscall(174)}\\n\`)
  return 3
}
`,
    )
    const options = ['-v', `${join(folder, 'data')}:/mnt`, '--env', 'A=b', '--uid', '42']
    expect(ckptvm(['run', ...options, program, 'arg'])).toEqual({
      status: 3,
      stdout: 'from outside arg true 42\n',
      stderr: '',
    })
  })

  test('says in a line what killed a program, and where', () => {
    const program = file('thrower.ts', `export function* main() {\n  throw new Error('no more')\n}\n`)
    const { status, stderr } = ckptvm(['run', program])
    expect(status).toBe(128 + 4)
    expect(stderr).toMatch(/^ckptvm: .*thrower\.ts: killed by SIGILL: uncaught Error: no more at thrower\.ts:2:\d+\n$/)
  })

  test('writes one JSON object of all that happened', () => {
    const { status, stdout } = ckptvm(['run', '--json', '--strace', 'false'])
    expect(status).toBe(1)
    expect((JSON.parse(stdout) as { strace: object[] }).strace).toContainEqual({
      pid: 2,
      comm: 'false',
      text: 'exit_group(1) = ?',
    })
    expect(JSON.parse(stdout)).toMatchObject({ exit: 1, signal: null, outcome: { kind: 'exited' }, output: '' })
  })

  test('writes system calls to standard error, or to a file behind the equals sign', () => {
    expect(ckptvm(['run', '--strace', 'false']).stderr).toBe('[2] exit_group(1) = ?\n[2] +++ exited with 1 +++\n')
    const log = join(folder, 'calls')
    expect(ckptvm(['run', '--env', 'A=b', `--strace=${log}`, 'echo', '--strace=x'])).toEqual({
      status: 0,
      stdout: '--strace=x\n',
      stderr: '',
    })
    expect(readFileSync(log, 'utf8')).toContain('[2] write(1, "--strace=x\\n", 11) = 11\n')
  })

  test.each([
    [['run'], /^ckptvm run: missing required argument 'program' \(ckptvm run --help says what there is\)\n$/],
    [['run', 'nothing'], /^ckptvm: nothing: no such program in the machine\n$/],
    [['run', '/there/is/none.ts'], /^ckptvm: \/there\/is\/none\.ts: no such file or directory\n$/],
    [['run', '--mem', 'lots', 'true'], /Bytes are wanted/],
    [['run', '--inject', 'read:error=ENOTHING', 'true'], /^ckptvm: --inject: .*ENOTHING.*\n$/],
    [['run', '-v', 'nowhere', 'true'], /^ckptvm: -v nowhere: HOST:GUEST is wanted/],
    [['run', '-v', 'nowhere:/x', 'true'], /^ckptvm: -v nowhere:\/x: no such file or directory\n$/],
    [['run', '-v', '/dev/null:/x', 'true'], /^ckptvm: -v \/dev\/null:\/x: neither a file nor a folder\n$/],
    [['run', '-v', '/:/', 'true'], /^ckptvm: -v \/:\/: not over the root of the machine\n$/],
    [['run', '-v', '/:/x:rw', 'true'], /^ckptvm: -v \/:\/x:rw: HOST:GUEST is wanted, or HOST:GUEST:copy/],
    [['run', '-v', '/:/bin/cat/x', 'true'], /^ckptvm: -v: Not a directory, mount '\/bin\/cat\/x'\n$/],
    [['run', '--mem', '1', 'true'], /^ckptvm: --mem is to be a whole number from 262144 to \d+, not 1\n$/],
    [['run', '--seed', 'x', 'true'], /^ckptvm run: option '--seed <n>' argument 'x' is invalid\. A whole number/],
    [['run', '--uid', '4294967295', 'true'], /^ckptvm: true: Invalid argument\n$/],
    [['run', '--env', 'A', 'true'], /^ckptvm: --env A: NAME=value is wanted\n$/],
    [['run', '/tmp'], /^ckptvm: \/tmp: Permission denied\n$/],
    [
      ['run', '--strac', 'true'],
      /^ckptvm run: unknown option '--strac' \(Did you mean --strace\?\) \(ckptvm run --help/,
    ],
    [['run', '--strace=/nowhere/x', 'true'], /^ckptvm: \/nowhere\/x: no such file or directory\n$/],
    [['trace'], /^ckptvm trace: missing required argument 'program'/],
    [['trace', '-o', '/', 'true'], /^ckptvm: \/: is a directory\n$/],
    [['trace', '--format', 'xml', 'true'], /^ckptvm trace: option .* Allowed choices are text, jsonl, chrome\. \(/],
    [['trace', '-e', 'fly=x', 'true'], /^ckptvm: -e fly=x: trace=, inject= or signal=none\|all is wanted\n$/],
    [['inspect', '/'], /^ckptvm: \/: is a directory\n$/],
    [['inspect', 'a', 'b'], /^ckptvm inspect: too many arguments for 'inspect'\. Expected 1 argument but got 2\. \(/],
    [['inspect', '--kernel', '2.6', 'a'], /^ckptvm inspect: option .* Three numbers are wanted/],
    [['fly'], /^ckptvm: unknown command 'fly' \(ckptvm --help says what there is\)\n$/],
    [['help', 'fly'], /^ckptvm: unknown command 'fly' \(ckptvm --help says what there is\)\n$/],
    [['--fly'], /^ckptvm: unknown option '--fly' \(ckptvm --help says what there is\)\n$/],
  ])('exits with 2 and says why: %j', (args, said) => {
    const { status, stdout, stderr } = ckptvm(args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(said)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  test.each([
    ['nothing.mjs', 'export const nothing = 1', /exports no main; wanted: export function\* main\(sys, argv, envp\)/],
    ['number.mjs', 'export const main = 4', /exports no main/],
    ['async.mjs', 'export async function main() {}', /main is async; wanted: export function\* main/],
    ['throws.mjs', '\nthrow new Error("early\\non")', /cannot be loaded: early at throws\.mjs:2:7/],
    ['five.mjs', 'throw 5', /cannot be loaded: 5/],
    ['syntax.mjs', 'export function* main( {', /cannot be loaded: Unexpected end of input/],
    ['import.mjs', 'import "./none.mjs"', /cannot be loaded: Cannot find module/],
  ])('exits with 2 and says what is wrong with a module: %s', (name, text, said) => {
    const { status, stdout, stderr } = ckptvm(['run', file(name, text)])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^ckptvm: .*${name}: ${said.source}.*\n$`))
  })

  test.each([
    ['function* main() { throw new Error("two\\nlines") }', 'uncaught Error: two lines at main.mjs:1:33'],
    ['function* main() { throw null }', 'uncaught object'],
    ['function* main() { throw "text" }', 'uncaught text'],
    [
      'function* main(sys) { yield* sys.nothing() }',
      'uncaught TypeError: yield* (intermediate value) is not iterable at main.mjs:1:41',
    ],
    ['function main() { return 3 }', 'uncaught TypeError: main is no generator: function* is wanted'],
    ['function* main() { return "done" }', 'a program returned a string, not its exit status'],
  ])('kills with SIGILL what a program cannot be: export %s', (text, said) => {
    const { status, stderr } = ckptvm(['run', file('main.mjs', `export ${text}\n`)])
    expect(stderr).toBe(`ckptvm: ${join(folder, 'main.mjs')}: killed by SIGILL: ${said}\n`)
    expect(status).toBe(128 + 4)
  })

  test('takes a program that returns nothing for a success, and a bare yield for a pause', () => {
    expect(ckptvm(['run', file('quiet.mjs', 'export function* main() {\n  yield 5\n}\n')])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })

  test('shows a folder of this computer, to read or as a copy, and copies a file', () => {
    mkdirSync(join(folder, 'shared'), { recursive: true })
    file('shared/f', 'one\n')
    const tried = (volume: string, script: string) => ckptvm(['run', '-v', join(folder, volume), 'sh', '-c', script])
    expect(tried('shared:/mnt', 'cat /mnt/f; echo two >/mnt/f').stdout).toBe(
      'one\nsh: 1: cannot create /mnt/f: Read-only file system\n',
    )
    expect(tried('shared:/mnt:ro', 'rm /mnt/f').status).toBe(1)
    expect(tried('shared:/mnt/:copy', 'echo two >>/mnt/f; cat /mnt/f').stdout).toBe('one\ntwo\n')
    expect(tried('shared/f:/etc/deep/f', 'cat /etc/deep/f; stat -c %a /etc/deep/f').stdout).toBe('one\n444\n')
    expect(readFileSync(join(folder, 'shared/f'), 'utf8')).toBe('one\n')
  })
})

describe('ckptvm trace', () => {
  const PIPE = 'seq 2 | cat'

  test("writes strace's own lines, a call in two where another task comes between", () => {
    const { stdout, stderr } = ckptvm(['trace', '-f', '-e', 'trace=write,wait4,exit_group', 'sh', '-c', PIPE])
    expect(stdout).toBe('1\n2\n')
    expect(stderr.split('\n')).toEqual([
      '[pid     2] wait4(-1,  <unfinished ...>',
      '[pid     3] write(1, "1\\n2\\n", 4)       = 4',
      '[pid     3] exit_group(0)               = ?',
      '[pid     3] +++ exited with 0 +++',
      '[pid     4] write(1, "1\\n2\\n", 4)       = 4',
      '[pid     4] exit_group(0)               = ?',
      '[pid     4] +++ exited with 0 +++',
      '<... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 3',
      'wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 4',
      'exit_group(0)                           = ?',
      '+++ exited with 0 +++',
      '',
    ])
  })

  test('follows no child without -f, and counts with -c', () => {
    const { stderr } = ckptvm(['trace', '-c', '-o', join(folder, 'table'), 'sh', '-c', PIPE])
    expect(stderr).toBe('')
    const rows = readFileSync(join(folder, 'table'), 'utf8').split('\n')
    expect(rows[0]).toBe('% time     seconds  usecs/call     calls    errors syscall')
    expect(rows.find((row) => row.endsWith(' clone'))).toMatch(/ 2 +clone$/)
    expect(rows.some((row) => row.endsWith(' execve'))).toBe(false)
  })

  test('injects, and shows what only a signal makes visible', () => {
    const { status, stderr } = ckptvm([
      'trace',
      '-e',
      'trace=write',
      '-e',
      'inject=write:error=ERESTARTSYS',
      'echo',
      'x',
    ])
    expect(status).toBe(1)
    expect(stderr).toContain('= ? ERESTARTSYS (To be restarted if SA_RESTART is set) (INJECTED)\n')
  })

  test('shows what is open behind a descriptor with -y, as it was when the call began', () => {
    const script = 'cd /tmp; echo hi >f; exec 7<f; rm f; exec 7<&-'
    const { stderr } = ckptvm(['trace', '-y', '-e', 'trace=openat,close,dup3,fcntl,pipe2', 'sh', '-c', script])
    const lines = stderr.split('\n')
    expect(lines).toContain('openat(AT_FDCWD</tmp>, "f", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</tmp/f>')
    expect(lines).toContain('close(7</tmp/f>(deleted))               = 0')
    const pipe = ckptvm(['trace', '-y', '-e', 'trace=pipe2,fcntl', 'sh', '-c', ': | :; exec 5>&1']).stderr
    expect(pipe).toMatch(/^pipe2\(\[3<pipe:\[(\d+)\]>, 4<pipe:\[\1\]>\], 0\) += 0\n/)
  })

  test('shows with -k where in a program each call is made', () => {
    const text = `function* inner(sys) {
  return yield* sys.getpid()
}
export function* main(sys) {
  yield* inner(sys)
}
`
    const program = file('stack.mjs', text)
    const { stderr } = ckptvm(['trace', '-k', program])
    const lines = stderr.split('\n')
    expect(lines[0]).toBe('getpid()                                = 2')
    expect(lines[1]).toMatch(/^ > ckptvm\.mjs\(Libc\.getpid\) \[\d+:\d+\]$/)
    expect(lines.slice(2)).toEqual([
      ' > stack.mjs(inner) [2:21]',
      ' > stack.mjs(main) [5:10]',
      'exit_group(0)                           = ?',
      '+++ exited with 0 +++',
      '',
    ])
    const [first] = ckptvm(['trace', '-k', '--format=jsonl', program]).stderr.split('\n')
    expect((JSON.parse(first) as { stack: object[] }).stack.at(-1)).toEqual({
      name: 'main',
      file: 'stack.mjs',
      line: 5,
      column: 10,
    })
  })

  test('stamps the time of the machine', () => {
    const { stderr } = ckptvm(['trace', '-ttt', '-T', '-e', 'nanosleep', 'sleep', '2'])
    expect(stderr).toMatch(/^1248256782\.000000 nanosleep\(\{tv_sec=2, tv_nsec=0\}, .*\) = 0 <2\.000000>\n/)
  })

  test('writes a JSON object a line, which the schema describes', () => {
    const schema = JSON.parse(readFileSync(join(root, 'docs/trace.schema.json'), 'utf8')) as {
      oneOf: { properties: Record<string, { const?: string; type?: string | string[] }>; required: string[] }[]
    }
    const { stderr } = ckptvm(['trace', '-f', '--format=jsonl', 'sh', '-c', 'seq 2 | cat; kill -USR1 $$'])
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'))
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['syscall', 'fork', 'signal', 'exit']))
    for (const event of events) {
      const kind = schema.oneOf.find(({ properties }) => properties.type.const === event.type)
      expect(Object.keys(kind?.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(event)))
      expect(Object.keys(event)).toEqual(expect.arrayContaining(kind?.required ?? ['?']))
      for (const [name, { type }] of Object.entries(kind?.properties ?? {})) {
        if (!(name in event)) continue
        const found = event[name] === null ? 'null' : Array.isArray(event[name]) ? 'array' : typeof event[name]
        const actual = found === 'number' ? 'integer' : found
        if (type !== undefined) expect([name, [type].flat()]).toEqual([name, expect.arrayContaining([actual])])
      }
    }
  })

  test("writes Chrome's trace events", () => {
    ckptvm(['trace', '-f', '--format=chrome', '-o', join(folder, 'trace.json'), 'sh', '-c', PIPE])
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as {
      traceEvents: { ph: string; name: string; ts?: number; dur?: number }[]
    }
    const calls = traceEvents.filter(({ ph }) => ph === 'X')
    expect(calls.map(({ name }) => name)).toContain('execve')
    for (const { ts = -1, dur = -1 } of calls) expect(Math.min(ts, dur)).toBeGreaterThanOrEqual(0)
    expect(traceEvents.filter(({ ph }) => ph === 'M').map(({ name }) => name)).toContain('process_name')
  })

  test('exits with 2 for a set that names no call', () => {
    expect(ckptvm(['trace', '-e', 'trace=reed', 'true'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ckptvm: -e trace=reed: reed: no such system call\n',
    })
  })
})

describe('ckptvm inspect', () => {
  test('shows the fields of an image from standard input, and says that restart would take it', () => {
    const { status, stdout, stderr } = ckptvm(['inspect'], IMAGE)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/HEADER +h\.type +1\n/)
    expect(stdout).toMatch(/\nrestart would take it: 355 bytes\n$/)
  })

  test('says why restart would refuse an image, with the offset and the function', () => {
    const bad = IMAGE.slice()
    bad[8] ^= 1
    expect(ckptvm(['inspect', '--check', file('bad', bad)])).toEqual({
      status: 1,
      stdout: '',
      stderr: `ckptvm inspect: ${join(folder, 'bad')}: offset 8: the magic is not 0xfeed0cc0a2d200 (restore_read_header: -EINVAL)\n`,
    })
    const json = JSON.parse(ckptvm(['inspect', '--json', join(folder, 'bad')]).stdout) as { fields: object[] }
    expect(json).toMatchObject({ size: 355, refusal: { offset: 8, where: 'restore_read_header' } })
    expect(json.fields[2]).toMatchObject({ offset: 8, field: 'magic', value: '0xfeed0cc0a2d201' })
  })

  test('compares two images field by field', () => {
    const other = IMAGE.slice()
    other[323] = 0x43
    file('a', IMAGE)
    expect(ckptvm(['inspect', '--diff', file('b', other), join(folder, 'a')])).toEqual({
      status: 1,
      stdout: 'STRING.comm  "counter" -> "Counter"\n',
      stderr: '',
    })
    expect(ckptvm(['inspect', '--diff', join(folder, 'a'), join(folder, 'a')])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })

  test('shows the message of an image that ends in an error record', () => {
    const message = Buffer.from('[err -12] no memory\0')
    const head = Buffer.alloc(8)
    head.writeUInt32LE(9999, 0)
    head.writeUInt32LE(8 + message.length, 4)
    const { status, stdout } = ckptvm(['inspect'], Buffer.concat([IMAGE.slice(0, 275), head, message]))
    expect(status).toBe(1)
    expect(stdout).toContain('error record: "[err -12] no memory"\n')
  })

  test('says of what is no image that it is none, and shows only its beginning', () => {
    const { status, stdout, stderr } = ckptvm(['inspect', file('text', 'nothing of ours\n'.repeat(100))])
    expect(status).toBe(1)
    expect(stderr).toBe(
      `ckptvm inspect: ${join(folder, 'text')}: not a checkpoint image: offset 4: a HEADER record is 56 bytes long, ` +
        'this one says 543649385 (its type is 1752461166) (ckpt_read_obj: -EINVAL)\n',
    )
    expect(stdout.split('\n')).toHaveLength(12)
    expect(stdout).toContain('… 1504 bytes more\n')
    expect(ckptvm(['inspect']).stdout).toBe('')
  })

  test('exits with 2 for a file that is not there', () => {
    expect(ckptvm(['inspect', '/nowhere'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'ckptvm: /nowhere: no such file or directory\n',
    })
  })
})
