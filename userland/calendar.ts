/** Dates of the Gregorian calendar in UTC, and their texts. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAY = 86400

interface Civil {
  readonly year: number
  /** From 0. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly weekday: number
  /** From 0. */
  readonly yearday: number
}

/** Days from 1970 to the first of a month. */
function daysTo(year: number, month: number): number {
  const y = month < 2 ? year - 1 : year
  const m = (month + 10) % 12
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) - 719468
}

function civil(seconds: number): Civil {
  const days = Math.floor(seconds / DAY)
  const rest = seconds - days * DAY
  let year = 1970 + Math.floor(days / 365.2425)
  if (daysTo(year + 1, 0) <= days) year++
  if (daysTo(year, 0) > days) year--
  let month = 11
  while (daysTo(year, month) > days) month--
  return {
    year,
    month,
    day: days - daysTo(year, month) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearday: days - daysTo(year, 0),
  }
}

/** Seconds of a date; the parts may be out of their ranges. */
function secondsOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  return (daysTo(year, month - 1) + day - 1) * DAY + hour * 3600 + minute * 60 + second
}

/** Nanoseconds of `@SECONDS`, or YYYY-MM-DD with HH:MM[:SS[.FRACTION]] behind a blank or T; null for other texts. */
export function parseDate(text: string): bigint | null {
  const [, stamp, fraction] = /^@(-?\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (stamp !== undefined) return BigInt(stamp) * 1_000_000_000n + nanoseconds(fraction)
  const parts =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: ?(?:Z|UTC|\+0000))?$/.exec(text)
  if (parts === null) return null
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0))
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysTo(month === 12 ? year + 1 : year, month % 12) - daysTo(year, month - 1)
  )
    return null
  if (hour > 23 || minute > 59 || second > 60) return null
  return BigInt(secondsOf(year, month, day, hour, minute, second)) * 1_000_000_000n + nanoseconds(parts[7])
}

/** Nanoseconds of touch's [[CC]YY]MMDDhhmm[.ss], `now` giving the year; null for other texts. */
export function parseStamp(text: string, now: bigint): bigint | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{2}|\d{4})?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text) ?? []
  if (month === undefined) return null
  let y = civil(Number(now / 1_000_000_000n)).year
  if ((year as string | undefined) !== undefined)
    y = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 69 ? 2000 : 1900)
  return parseDate(
    `${String(y).padStart(4, '0')}-${month}-${day} ${hour}:${minute}:${(second as string | undefined) ?? '00'}`,
  )
}

function nanoseconds(fraction: string | undefined): bigint {
  return BigInt((fraction ?? '').padEnd(9, '0'))
}

/** strftime(3) in the C locale, of nanoseconds since 1970; with date(1)'s flags `-`, `_`, `0` and `^`. */
export function strftime(format: string, time: bigint): string {
  const nsec = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const seconds = Number((time - nsec) / 1_000_000_000n)
  const t = civil(seconds)
  return format.replace(/%([-_0^]?)(\d*)(:*[A-Za-z%])/g, (whole, flag: string, width: string, letter: string) => {
    const text = conversion(letter, flag, t, seconds, nsec)
    if (text === null) return whole
    const upper = flag === '^' ? text.toUpperCase() : text
    return upper.padStart(Number(width), /^\d/.test(text) && flag !== '_' ? '0' : ' ')
  })
}

function conversion(letter: string, flag: string, t: Civil, seconds: number, nsec: bigint): string | null {
  const number = (value: number, width: number, fill = '0'): string =>
    flag === '-' ? String(value) : String(value).padStart(width, flag === '_' ? ' ' : flag === '0' ? '0' : fill)
  const again = (format: string): string => strftime(format, BigInt(seconds) * 1_000_000_000n + nsec)
  const hour12 = t.hour % 12 === 0 ? 12 : t.hour % 12
  switch (letter) {
    case '%':
      return '%'
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case 'Y':
      return String(t.year)
    case 'C':
      return number(Math.floor(t.year / 100), 2)
    case 'y':
      return number(t.year % 100, 2)
    case 'm':
      return number(t.month + 1, 2)
    case 'd':
      return number(t.day, 2)
    case 'e':
      return number(t.day, 2, ' ')
    case 'H':
      return number(t.hour, 2)
    case 'k':
      return number(t.hour, 2, ' ')
    case 'I':
      return number(hour12, 2)
    case 'l':
      return number(hour12, 2, ' ')
    case 'M':
      return number(t.minute, 2)
    case 'S':
      return number(t.second, 2)
    case 'N':
      return String(nsec).padStart(9, '0')
    case 's':
      return String(seconds)
    case 'j':
      return number(t.yearday + 1, 3)
    case 'u':
      return String(t.weekday === 0 ? 7 : t.weekday)
    case 'w':
      return String(t.weekday)
    case 'a':
      return DAYS[t.weekday].slice(0, 3)
    case 'A':
      return DAYS[t.weekday]
    case 'b':
    case 'h':
      return MONTHS[t.month].slice(0, 3)
    case 'B':
      return MONTHS[t.month]
    case 'p':
      return t.hour < 12 ? 'AM' : 'PM'
    case 'P':
      return t.hour < 12 ? 'am' : 'pm'
    case 'Z':
      return 'UTC'
    case 'z':
      return '+0000'
    case ':z':
      return '+00:00'
    case 'U':
      return number(Math.floor((t.yearday + 7 - t.weekday) / 7), 2)
    case 'W':
      return number(Math.floor((t.yearday + 7 - ((t.weekday + 6) % 7)) / 7), 2)
    case 'V':
      return number(isoWeek(t).week, 2)
    case 'G':
      return String(isoWeek(t).year)
    case 'g':
      return number(isoWeek(t).year % 100, 2)
    case 'F':
      return again('%Y-%m-%d')
    case 'T':
    case 'X':
      return again('%H:%M:%S')
    case 'D':
    case 'x':
      return again('%m/%d/%y')
    case 'R':
      return again('%H:%M')
    case 'r':
      return again('%I:%M:%S %p')
    case 'c':
      return again('%a %b %e %H:%M:%S %Y')
    default:
      return null
  }
}

/** The week that a year's first Thursday is in is its first. */
function isoWeek({ year, yearday, weekday }: Civil): { year: number; week: number } {
  const thursday = yearday - ((weekday + 6) % 7) + 3
  const length = daysTo(year + 1, 0) - daysTo(year, 0)
  if (thursday < 0)
    return { year: year - 1, week: Math.floor((thursday + daysTo(year, 0) - daysTo(year - 1, 0)) / 7) + 1 }
  if (thursday >= length) return { year: year + 1, week: 1 }
  return { year, week: Math.floor(thursday / 7) + 1 }
}
