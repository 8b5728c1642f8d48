import { describe, expect, it } from 'vitest'
import { boot, type BootOptions } from '../../../index.ts'
import { checkImage } from '../../../userland/check_image.ts'
import { PLAIN, dumpImage } from '../../../userland/dump_image.ts'

/** What a shell says, on a machine that has the image of `saver` in /tmp/img. */
function sh(script: string, options: BootOptions = {}): string[] {
  const vm = boot({ cmdline: 'ckpt_debug=0', time: 1e9, ...options })
  vm.spawn('/bin/sh', ['-c', `cd /tmp; exec 2>&1; checkpoint -n saver >img; ${script}; :`])
  expect(vm.run({ budget: 1e6 })).toEqual({ kind: 'exited' })
  return vm.console.split('\n').slice(0, -1)
}

describe('checkpoint and restart', () => {
  it('write an image to standard output, and become who is in the one on standard input', () => {
    expect(sh('restart <img; cat img | restart; wc -c <img; restart -i img')).toEqual([
      'process 4 is saver now',
      'process 6 is saver now',
      '355',
      'process 8 is saver now',
    ])
  })

  it('the image of a file is that of a pipe', () => {
    expect(sh('checkpoint -v -n saver -o other 0; checkpoint -n saver | cat >piped; wc -c other piped')).toEqual([
      'checkpoint: process 4 is checkpoint 2',
      '    355 other',
      '    355 piped',
      '    710 total',
    ])
  })

  it('checkpoint refuses any process but itself, which is the only one that the kernel would save', () => {
    expect(sh('checkpoint 1 >other; echo $?; checkpoint x >other; echo $?; checkpoint 0 0 >other; echo $?')).toEqual([
      'checkpoint: 1: this kernel saves the calling process only: say 0, or nothing, for checkpoint itself',
      '1',
      "checkpoint: 'x' is no process id",
      "Try 'checkpoint --help' for more information.",
      '2',
      "checkpoint: extra operand '0'",
      "Try 'checkpoint --help' for more information.",
      '2',
    ])
  })

  it('both say what the kernel answers', () => {
    expect(
      sh('checkpoint >/dev/full; echo $?; checkpoint -o /no/x; restart </dev/null; restart -i none; echo $?'),
    ).toEqual([
      'checkpoint: standard output: No space left on device',
      '1',
      'checkpoint: /no/x: No such file or directory',
      'restart: standard input: Broken pipe',
      'restart: none: No such file or directory',
      '1',
    ])
  })

  it('a bad tail is refused, and the name has changed all the same', () => {
    expect(sh('{ head -c 339 img; seq 9; } | restart -v; restart -v </dev/null')).toEqual([
      'restart: standard input (process 5 is saver now): Invalid argument',
      'restart: standard input (process 7 is restart now): Broken pipe',
    ])
  })

  it('no image goes to a terminal', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.terminal()
    const process = vm.spawn('/bin/checkpoint', [], { terminal: true })
    vm.run()
    expect(vm.console).toContain('standard output is a terminal')
    expect(process.status).toBe(1 << 8)
  })
})

describe('self_checkpoint', () => {
  it('says what its process was killed by, and ends as a shell would with it', () => {
    expect(sh('self_checkpoint own >/dev/null; echo $?; ulimit -f 0; self_checkpoint own; echo $?')).toEqual([
      '0',
      'self_checkpoint: the process ended: File size limit exceeded',
      '153',
    ])
  })
})

describe('counter', () => {
  it('goes on in another process behind the number that its image holds', () => {
    expect(sh('counter -n 7 -e 3 -o c; counter -r -n 9 -e 0 <c')).toEqual([
      ...['1', '2', '3', 'counter: checkpoint 2 of process 4 is in c', '4', '5', '6'],
      ...['counter: checkpoint 3 of process 4 is in c', '7'],
      ...['counter: process 5 is counter:6 now', '7', '8', '9'],
    ])
  })

  it('goes on where a signal has killed it', () => {
    const killed = 'counter -s 1 -e 2 -o c & sleep 5; kill $!; wait $! ; echo $?; counter -r -n 5 -e 0 <c'
    const said = sh(killed)
    expect(said.slice(said.indexOf('143'))).toEqual(['143', 'counter: process 6 is counter:4 now', '5'])
  })

  it('has its number in the name, since the image has no room for memory', () => {
    expect(sh('counter -n 5 -o c >/dev/null; ckptinfo -p c')[0]).toMatch(/^process: "counter:5", state 0, /)
  })

  it('refuses an image that is none, or not of a counter, or that cannot be written', () => {
    expect(sh('counter -r <img; echo $?; counter -r </dev/null; echo $?; counter -e 1 -o /no/x; echo $?')).toEqual([
      ...['counter: the image is of saver, and that is no counter', '1'],
      ...['counter: standard input: Broken pipe', '1'],
      ...['1', 'counter: /no/x: No such file or directory', '1'],
    ])
    expect(sh('counter -n x; echo $?')).toEqual([
      "counter: 'x' is no number from 0 to 9999999",
      "Try 'counter --help' for more information.",
      '2',
    ])
  })
})

describe('ckptinfo', () => {
  it('shows header and process, from a file or standard input, and ends well', () => {
    const all = [
      'format: revision 1, magic 0xfeed0cc0a2d200, flags 0x0',
      'kernel: 2.6.31, release "2.6.31", version "#1 SMP Wed Jul 22 09:59:42 UTC 2009"',
      'machine: "riscv64"',
      'made: 2001-09-09 01:46:40 UTC',
      expect.stringMatching(/^process: "saver", state 0, .*, exit_signal 17, set_child_tid 0x[1-9a-f]/),
      '0',
    ]
    expect(sh('ckptinfo img; echo $?')).toEqual(all)
    expect(sh('ckptinfo <img; echo $?')).toEqual(all)
    expect(sh('ckptinfo -h -; echo $?; ckptinfo -e img; ckptinfo -p img')).toEqual([
      ...[
        'ckptinfo: standard input: offset 0: the image ends where a HEADER record was to be (_ckpt_kread: -EPIPE)',
        '1',
      ],
      'no error is recorded',
      all[4],
    ])
  })

  it('-v shows what inspect shows on the host', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.spawn('/bin/sh', ['-c', 'checkpoint >/tmp/img; ckptinfo -v /tmp/img'])
    vm.run()
    expect(vm.console).toBe(`${dumpImage(vm.readFile('/tmp/img'), PLAIN)}\n`)
  })

  it('ends with 1, the offset and the reason where restart would refuse the image', () => {
    expect(sh('head -c 300 img | ckptinfo -p; echo $?; { head -c 339 img; seq 9; } | ckptinfo -p')).toEqual([
      'ckptinfo: standard input: offset 300: the image ends inside a TASK record (_ckpt_kread: -EPIPE)',
      '1',
      expect.stringMatching(/^process: "saver", /),
      expect.stringMatching(/^ckptinfo: standard input: offset 343: a TAIL record is 16 bytes long, this one says \d+/),
    ])
    expect(sh('ckptinfo /none; echo $?; ckptinfo /tmp; echo $?; ckptinfo a b; echo $?')).toEqual([
      ...['ckptinfo: /none: No such file or directory', '1', 'ckptinfo: /tmp: Is a directory', '1'],
      ...["ckptinfo: extra operand 'b'", "Try 'ckptinfo --help' for more information.", '2'],
    ])
  })

  it('judges by the kernel that it runs on', () => {
    const [verdict, status] = sh('ckptinfo -e img >/dev/null; cat img >other', {
      version: [2, 6, 32],
      uts: { release: '2.6.31' },
    })
    expect(verdict).toBe(
      'ckptinfo: img: offset 22: made by Linux 2.6.32, and this is 2.6.31 (restore_read_header: -EINVAL)',
    )
    expect(status).toBeUndefined()
  })

  it('shows the message that a checkpoint left when it failed', () => {
    const vm = boot({ cmdline: 'ckpt_debug=0' })
    vm.spawn('/bin/checkpoint', ['-o', '/tmp/img'])
    vm.run()
    const message = new TextEncoder().encode('\0no room for pid 3\0')
    const words = (...n: number[]): Uint8Array => new Uint8Array(Uint32Array.from(n).buffer)
    const parts = [vm.readFile('/tmp/img').slice(0, 275), words(9999, 8), words(3, 8 + message.length), message]
    const image = new Uint8Array(parts.flatMap((part) => [...part]))
    vm.writeFile('/tmp/bad', image)
    vm.spawn('/bin/ckptinfo', ['-e', '/tmp/bad'])
    vm.run()
    expect(checkImage(image).refusal).toMatchObject({ offset: 279, errno: 'EINVAL' })
    expect(vm.console.split('\n')).toEqual([
      'error: "no room for pid 3"',
      expect.stringMatching(/^ckptinfo: \/tmp\/bad: offset 279: a TASK record is 40 bytes long, this one says 8/),
      '',
    ])
  })
})
