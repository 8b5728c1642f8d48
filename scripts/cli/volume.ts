import { readFileSync, realpathSync, statSync } from 'node:fs'
import type { Vm } from '../../index.ts'
import { reasonOf } from '../lib/host_error.ts'
import { UsageError } from './usage.ts'

/** What `-v` asks for. */
export interface Volume {
  /** As it was written, for messages. */
  readonly text: string
  /** On this computer, without a link on the way. */
  readonly host: string
  /** In the machine, from the root. */
  readonly guest: string
  /** To be read as it is at each moment; or copied, for the machine to change. */
  readonly mode: 'ro' | 'copy'
  /** A folder; else a file, which is copied in any case. */
  readonly folder: boolean
}

/** `HOST:GUEST`, `:ro` or `:copy` behind it. Throws a UsageError where that is not there. */
export function parseVolume(text: string): Volume {
  const [, from, guest, mode = 'ro'] = /^(.+?):(\/[^:]*)(?::(ro|copy))?$/.exec(text) ?? []
  if (from === undefined)
    throw new UsageError(`-v ${text}: HOST:GUEST is wanted, or HOST:GUEST:copy, GUEST from the root`)
  try {
    const host = realpathSync(from)
    const stat = statSync(host)
    if (!stat.isDirectory() && !stat.isFile()) throw new Error('neither a file nor a folder')
    const trimmed = guest.replace(/\/+$/, '')
    if (trimmed === '') throw new Error('not over the root of the machine')
    return { text, host, guest: trimmed, mode: mode as Volume['mode'], folder: stat.isDirectory() }
  } catch (error) {
    throw new UsageError(`-v ${text}: ${reasonOf(error)}`)
  }
}

/** Put a file into the machine; with `ro`, nobody but root can change it there. */
export function copyFile(vm: Vm, { text, host, guest, mode }: Volume): void {
  try {
    for (let at = guest.indexOf('/', 1); at > 0; at = guest.indexOf('/', at + 1)) vm.mkdir(guest.slice(0, at))
    vm.writeFile(guest, readFileSync(host), statSync(host).mode & (mode === 'ro' ? 0o555 : 0o777))
  } catch (error) {
    throw new UsageError(`-v ${text}: ${reasonOf(error)}`)
  }
}
