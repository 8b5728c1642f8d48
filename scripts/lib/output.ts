import { openSync, writeSync } from 'node:fs'
import { HostError, reasonOf } from './host_error.ts'
import type { Progress } from './progress.ts'

/** Takes lines, each without its newline. */
export type LineWriter = (line: string) => void

/** Something that bytes go to. What goes wrong with it is kept: it takes no more then. */
interface Sink {
  readonly name: string
  readonly isTTY: boolean
  failed: NodeJS.ErrnoException | null
  write(this: void, bytes: Uint8Array): Promise<void> | void
}

/**
 * What a machine prints and what is told of it, on their way out: in the order in which both came about, wherever
 * they go. Once one of the streams has failed it takes nothing more.
 */
export class Output {
  readonly #stdout: Sink
  readonly #stderr: Sink
  readonly #progress: Progress | null
  readonly #sinks: Sink[]
  #chunks: { readonly sink: Sink; readonly bytes: Uint8Array }[] = []

  constructor(
    stdout: NodeJS.WriteStream = process.stdout,
    stderr: NodeJS.WriteStream = process.stderr,
    progress: Progress | null = null,
  ) {
    this.#stdout = streamSink('standard output', stdout)
    this.#stderr = streamSink('standard error', stderr)
    this.#progress = progress
    this.#sinks = [this.#stdout, this.#stderr]
  }

  /** Nobody takes it any more. */
  get closed(): boolean {
    return this.#sinks.some(({ failed }) => failed !== null)
  }

  /** What went wrong, if anything did but that the other end had seen enough. */
  get problem(): HostError | null {
    const sink = this.#sinks.find(({ failed }) => failed !== null && failed.code !== 'EPIPE')
    return sink === undefined ? null : new HostError(`${sink.name}: ${reasonOf(sink.failed)}`)
  }

  /** To standard output. */
  put(bytes: Uint8Array): void {
    this.#chunks.push({ sink: this.#stdout, bytes })
  }

  /** A line to standard error. */
  readonly log: LineWriter = (line) => void this.#chunks.push({ sink: this.#stderr, bytes: lineOf(line) })

  /** To a file of this computer's. Throws a HostError where it cannot be opened. */
  file(path: string): LineWriter {
    const sink = fileSink(path)
    this.#sinks.push(sink)
    return (line) => void this.#chunks.push({ sink, bytes: lineOf(line) })
  }

  /** The machine has made `calls` more system calls, and its clock is at `nsec`. */
  step(calls: number, nsec: number): void {
    this.#progress?.step(calls, nsec)
  }

  /** The machine waits for somebody. */
  idle(): void {
    this.#progress?.clear()
  }

  /** Resolves once all of it is out. */
  async flush(): Promise<void> {
    const chunks = this.#chunks
    this.#chunks = []
    for (let i = 0; i < chunks.length;) {
      const { sink } = chunks[i]
      const from = i
      while (i < chunks.length && chunks[i].sink === sink) i++
      if (sink.failed !== null) continue
      const bytes = Buffer.concat(chunks.slice(from, i).map((chunk) => chunk.bytes))
      if (sink.isTTY) this.#progress?.beside(bytes)
      await sink.write(bytes)
    }
  }
}

function lineOf(text: string): Uint8Array {
  return Buffer.from(`${text}\n`)
}

function streamSink(name: string, stream: NodeJS.WriteStream): Sink {
  const sink: Sink = {
    name,
    isTTY: stream.isTTY,
    failed: null,
    write: (bytes) =>
      new Promise<void>((resolve) => {
        stream.once('close', resolve)
        stream.write(bytes, () => {
          stream.off('close', resolve)
          resolve()
        })
      }),
  }
  // From now on it is for us to say.
  stream.removeAllListeners('error').on('error', (error: NodeJS.ErrnoException) => void (sink.failed ??= error))
  return sink
}

function fileSink(path: string): Sink {
  let fd: number
  try {
    fd = openSync(path, 'w')
  } catch (error) {
    throw new HostError(`${path}: ${reasonOf(error)}`)
  }
  const sink: Sink = {
    name: path,
    isTTY: false,
    failed: null,
    write(bytes) {
      try {
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
      } catch (error) {
        sink.failed = error as NodeJS.ErrnoException
      }
    },
  }
  return sink
}
