import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { boot, type Vm } from '../index.ts'
import type { task_struct } from '../kernel/task/task.ts'
import { formatLogLine } from '../kernel/printk.ts'
import { fromBytes, decodeUtf8 } from '../kernel/utf8.ts'
import { colours } from './lib/colours.ts'
import { dumpImage } from '../userland/dump_image.ts'
import { reasonOf } from './lib/host_error.ts'
import { guardStdio } from './lib/stdio.ts'

/** `npm start`: the main job, with all that happens in it shown. */

const pc = colours(process.stdout)
const IMAGE = '/tmp/image.ckpt'
const CHECKPOINT = 244
const RESTART = 245

const command = new Command('npm start --')
  .description('Watch a process write its checkpoint image, and another process become it.')
  .option('--save <file>', 'also write the image to a file of this computer')
  .allowExcessArguments(false)
  .showHelpAfterError('(npm start -- --help says what there is)')
  .addHelpText('after', '\nExample:\n  npm start -- --save image.ckpt')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()

guardStdio('npm start')
process.exitCode = main(command.opts<{ save?: string }>().save)

function main(save: string | undefined): number {
  const vm = boot()
  say(pc.bold('ckptvm: a process checkpoints itself, and another process becomes it'))

  heading('1. self_checkpoint starts a process named "counter", which writes its own image')
  const first = watch(vm, '/bin/self_checkpoint', [IMAGE, 'counter'])

  const image = vm.readFile(IMAGE)
  heading(`2. The image: ${image.length} bytes`)
  say(dumpImage(image, pc))

  heading('3. self_restart, another process, reads the image and becomes it')
  const second = watch(vm, '/bin/self_restart', [IMAGE])

  heading('4. Who is who')
  table([
    ['', 'pid', 'comm', 'set_child_tid', 'clear_child_tid'],
    ['the process that was saved', ...first.before],
    ['the other one, before restart', ...second.before],
    ['the other one, after restart', ...second.after],
  ])
  if (first.status !== 0 || second.status !== 0) return 1
  return save === undefined ? 0 : saveImage(save, image)
}

interface Watched {
  /** As wait(2) reports it. */
  readonly status: number | null
  /** pid, comm and the two tids of the task that made the checkpoint or the restart, around the call. */
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Run a program and print, as it comes: its system calls, what the kernel logs, what it says itself. */
function watch(vm: Vm, path: string, args: readonly string[]): Watched {
  const { kernel } = vm
  let before: string[] = []
  let after: string[] = []
  const identity = (t: task_struct, nr: number): string[] | null => {
    if (nr !== CHECKPOINT && nr !== RESTART) return null
    return [String(t.pid), fromBytes(t.commString()), hex(t.set_child_tid), hex(t.clear_child_tid)]
  }
  say(pc.dim(`$ ${[path, ...args].join(' ')}`))
  const log = kernel.log.consoles.push((line) => say(`  ${pc.yellow(fromBytes(formatLogLine(line)))}`)) - 1
  const tty = kernel.tty.push((chunk) => say(`  ${pc.green(decodeUtf8(chunk).trimEnd())}`)) - 1
  const stops = [
    kernel.trace.sys_enter.register((t, nr) => (before = identity(t, nr) ?? before)),
    kernel.trace.sys_exit.register((t, nr) => (after = identity(t, nr) ?? after)),
    vm.strace(({ pid, text }) => say(`  ${pc.dim(`[${pid}]`)} ${paintCall(text)}`)),
  ]
  const child = vm.spawn(path, args)
  vm.run()
  for (const stop of stops) stop()
  kernel.log.consoles.splice(log, 1)
  kernel.tty.splice(tty, 1)
  return { status: child.status, before, after }
}

/** A line of strace: the name in one colour, a failure in another. */
function paintCall(text: string): string {
  const [, name, rest, ret] = /^(\w+)(.*?)( = .*)$/s.exec(text) ?? ['', '', text, '']
  const paint = ret.startsWith(' = -1') ? pc.red : (plain: string): string => plain
  return `${pc.cyan(name)}${rest}${paint(ret)}`
}

/** Write the image to the host, or say why not. */
function saveImage(file: string, image: Uint8Array): number {
  try {
    writeFileSync(file, image)
  } catch (error) {
    process.stderr.write(`npm start: cannot write the image: ${file}: ${reasonOf(error)}\n`)
    return 1
  }
  say(`\nThe image is in ${file}.`)
  return 0
}

function table(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  rows.forEach((row, n) => {
    const line = row.map((cell, i) => cell.padEnd(widths[i])).join('  ')
    say(`  ${n === 0 ? pc.bold(line) : line}`.trimEnd())
  })
}

function heading(text: string): void {
  say(`\n${pc.bold(pc.blue(text))}`)
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
