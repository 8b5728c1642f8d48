/** Numbers of devices: include/linux/kdev_t.h. */

const MINORBITS = 20
const MINORMASK = (1 << MINORBITS) - 1

export function MKDEV(major: number, minor: number): number {
  return major * (1 << MINORBITS) + minor
}

export function MAJOR(dev: number): number {
  return Math.floor(dev / (1 << MINORBITS))
}

export function MINOR(dev: number): number {
  return dev & MINORMASK
}

/** A number as mknod(2) is given it. */
export function new_decode_dev(dev: number): number {
  return MKDEV((dev & 0xfff00) >> 8, (dev & 0xff) | ((dev >>> 12) & 0xfff00))
}

/** The same number as stat(2) tells it. */
export function new_encode_dev(dev: number): number {
  const minor = MINOR(dev)
  return ((minor & 0xff) | (MAJOR(dev) << 8) | ((minor & ~0xff) << 12)) >>> 0
}
